using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class PeriodsByBuyerAndState : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_BillingPeriods_BuyerId",
                table: "BillingPeriods");

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_BuyerId_State",
                table: "BillingPeriods",
                columns: new[] { "BuyerId", "State" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_BillingPeriods_BuyerId_State",
                table: "BillingPeriods");

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_BuyerId",
                table: "BillingPeriods",
                column: "BuyerId");
        }
    }
}
