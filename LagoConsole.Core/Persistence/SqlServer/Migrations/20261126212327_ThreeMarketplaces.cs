using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
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
                type: "nvarchar(100)",
                maxLength: 100,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "AzurePlanId",
                table: "Products",
                type: "nvarchar(100)",
                maxLength: 100,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "GcpServiceName",
                table: "Products",
                type: "nvarchar(255)",
                maxLength: 255,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "AzureResourceId",
                table: "Entitlements",
                type: "nvarchar(36)",
                maxLength: 36,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "GcpUsageReportingId",
                table: "Entitlements",
                type: "nvarchar(255)",
                maxLength: 255,
                nullable: true,
                collation: "Latin1_General_100_BIN2");
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
