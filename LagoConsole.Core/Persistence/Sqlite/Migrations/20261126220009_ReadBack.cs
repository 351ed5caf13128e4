using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ReadBack : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "RecordReadings",
                columns: table => new
                {
                    RecordId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Submitted = table.Column<decimal>(type: "TEXT", precision: 28, scale: 10, nullable: false),
                    FirstReadAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastReadAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Billed = table.Column<bool>(type: "INTEGER", nullable: true),
                    Because = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RecordReadings", x => x.RecordId);
                    table.ForeignKey(
                        name: "FK_RecordReadings_UsageRecords_RecordId",
                        column: x => x.RecordId,
                        principalTable: "UsageRecords",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "UsageReadings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ResourceId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DimensionKey = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Day = table.Column<long>(type: "INTEGER", nullable: false),
                    OfferId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Submitted = table.Column<decimal>(type: "TEXT", precision: 28, scale: 10, nullable: false),
                    Processed = table.Column<decimal>(type: "TEXT", precision: 28, scale: 10, nullable: false),
                    Events = table.Column<long>(type: "INTEGER", nullable: false),
                    Statuses = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    ReadAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsageReadings", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_UsageReadings_Day",
                table: "UsageReadings",
                column: "Day");

            migrationBuilder.CreateIndex(
                name: "IX_UsageReadings_ResourceId_DimensionKey_Day",
                table: "UsageReadings",
                columns: new[] { "ResourceId", "DimensionKey", "Day" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RecordReadings");

            migrationBuilder.DropTable(
                name: "UsageReadings");
        }
    }
}
