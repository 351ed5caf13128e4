using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class PurchasesAndNotices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "PurchaseId",
                table: "Entitlements",
                type: "nvarchar(255)",
                maxLength: 255,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.CreateTable(
                name: "BuyerAccounts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    BuyerId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Marketplace = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    AccountId = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BuyerAccounts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_BuyerAccounts_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "ReceivedNotices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Marketplace = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    NoticeId = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Kind = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Said = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    SaidAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    PurchaseId = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ReceivedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Payload = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    State = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Outcome = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ActedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    BuyerId = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    Version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ReceivedNotices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ReceivedNotices_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_BuyerAccounts_BuyerId",
                table: "BuyerAccounts",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_BuyerAccounts_Marketplace_AccountId",
                table: "BuyerAccounts",
                columns: new[] { "Marketplace", "AccountId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ReceivedNotices_BuyerId",
                table: "ReceivedNotices",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_ReceivedNotices_Marketplace_NoticeId",
                table: "ReceivedNotices",
                columns: new[] { "Marketplace", "NoticeId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ReceivedNotices_ReceivedAt",
                table: "ReceivedNotices",
                column: "ReceivedAt");

            migrationBuilder.CreateIndex(
                name: "IX_ReceivedNotices_State",
                table: "ReceivedNotices",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "BuyerAccounts");

            migrationBuilder.DropTable(
                name: "ReceivedNotices");

            migrationBuilder.DropColumn(
                name: "PurchaseId",
                table: "Entitlements");
        }
    }
}
