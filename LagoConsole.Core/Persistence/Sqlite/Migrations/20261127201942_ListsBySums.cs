using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ListsBySums : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_MeterId_State",
                table: "UsageRecords");

            migrationBuilder.AddColumn<bool>(
                name: "IsBelowMark",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.Sql("UPDATE HighWaterMarks SET IsBelowMark = 1 WHERE LastTotalMinor < AmountMinor + RefusedMinor");

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_OfMeter",
                table: "UsageRecords",
                columns: new[] { "MeterId", "State", "Currency", "UnitPriceMinor", "OutcomeAssumed", "Quantity" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_Sums",
                table: "UsageRecords",
                columns: new[] { "State", "Currency", "UnitPriceMinor", "OutcomeAssumed", "DimensionKey", "Quantity" });

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_IsBelowMark",
                table: "HighWaterMarks",
                column: "IsBelowMark");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_OfMeter",
                table: "UsageRecords");

            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_Sums",
                table: "UsageRecords");

            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_IsBelowMark",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "IsBelowMark",
                table: "HighWaterMarks");

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_MeterId_State",
                table: "UsageRecords",
                columns: new[] { "MeterId", "State" });
        }
    }
}
