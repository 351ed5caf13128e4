using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ThreeMarketplaces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "AzureOfferId",
                table: "Products",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AzurePlanId",
                table: "Products",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "GcpServiceName",
                table: "Products",
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AzureResourceId",
                table: "Entitlements",
                type: "TEXT",
                maxLength: 36,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "GcpUsageReportingId",
                table: "Entitlements",
                type: "TEXT",
                maxLength: 255,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "AzureOfferId",
                table: "Products");

            migrationBuilder.DropColumn(
                name: "AzurePlanId",
                table: "Products");

            migrationBuilder.DropColumn(
                name: "GcpServiceName",
                table: "Products");

            migrationBuilder.DropColumn(
                name: "AzureResourceId",
                table: "Entitlements");

            migrationBuilder.DropColumn(
                name: "GcpUsageReportingId",
                table: "Entitlements");
        }
    }
}
