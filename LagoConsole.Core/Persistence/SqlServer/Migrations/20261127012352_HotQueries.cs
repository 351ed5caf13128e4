using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class HotQueries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageIncrements_WaitReason_BuyerId",
                table: "UsageIncrements");

            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_WaitReason_BuyerId",
                table: "UsageIncrements",
                columns: new[] { "WaitReason", "BuyerId" },
                filter: "[WaitReason] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks",
                column: "Hold",
                filter: "[Hold] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_LagoCustomerId",
                table: "BillingPeriods",
                column: "LagoCustomerId");

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_State_PeriodEnd",
                table: "BillingPeriods",
                columns: new[] { "State", "PeriodEnd" });

            migrationBuilder.CreateIndex(
                name: "IX_Attempts_CallId",
                table: "Attempts",
                column: "CallId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageIncrements_WaitReason_BuyerId",
                table: "UsageIncrements");

            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks");

            migrationBuilder.DropIndex(
                name: "IX_BillingPeriods_LagoCustomerId",
                table: "BillingPeriods");

            migrationBuilder.DropIndex(
                name: "IX_BillingPeriods_State_PeriodEnd",
                table: "BillingPeriods");

            migrationBuilder.DropIndex(
                name: "IX_Attempts_CallId",
                table: "Attempts");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_WaitReason_BuyerId",
                table: "UsageIncrements",
                columns: new[] { "WaitReason", "BuyerId" });

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks",
                column: "Hold");
        }
    }
}
