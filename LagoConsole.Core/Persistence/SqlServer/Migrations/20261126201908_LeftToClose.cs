using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class LeftToClose : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "LeftToClose",
                table: "HighWaterMarks",
                type: "bit",
                nullable: false,
                defaultValue: false);

            // What stands above its mark and is not held was left to its close: the books asked the conversions until now.
            migrationBuilder.Sql("UPDATE HighWaterMarks SET LeftToClose = 1 WHERE Hold IS NULL AND LastTotalMinor - RefusedMinor > AmountMinor");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "LeftToClose",
                table: "HighWaterMarks");
        }
    }
}
