using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class OverviewIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_SettledAt",
                table: "UsageRecords",
                column: "SettledAt");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_SeenAt",
                table: "UsageIncrements",
                column: "SeenAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_SettledAt",
                table: "UsageRecords");

            migrationBuilder.DropIndex(
                name: "IX_UsageIncrements_SeenAt",
                table: "UsageIncrements");
        }
    }
}
