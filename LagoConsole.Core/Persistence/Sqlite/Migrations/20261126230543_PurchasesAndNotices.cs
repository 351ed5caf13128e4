using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
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
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "BuyerAccounts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false)
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
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    NoticeId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Said = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    SaidAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PurchaseId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Payload = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    ActedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
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
