using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AccountsAndReadings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "AccountId",
                table: "Products",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AzurePlanId",
                table: "Entitlements",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "MarketplaceAccounts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 30, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    AwsProfile = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    AwsAccessKeyId = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    AwsRoleArn = table.Column<string>(type: "TEXT", maxLength: 600, nullable: true),
                    AwsExternalId = table.Column<string>(type: "TEXT", maxLength: 1224, nullable: true),
                    AzureTenantId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    AzureClientId = table.Column<string>(type: "TEXT", maxLength: 36, nullable: true),
                    GoogleClientEmail = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    GoogleKeyId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    SecretCipher = table.Column<string>(type: "TEXT", maxLength: 64000, nullable: true),
                    SecretLastFour = table.Column<string>(type: "TEXT", maxLength: 4, nullable: true),
                    SecretExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    Status = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StatusDetail = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    VerifiedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ClockAheadSeconds = table.Column<int>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MarketplaceAccounts", x => x.Id);
                });

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
                name: "IX_Products_AccountId",
                table: "Products",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_MarketplaceAccounts_Name",
                table: "MarketplaceAccounts",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UsageReadings_Day",
                table: "UsageReadings",
                column: "Day");

            migrationBuilder.CreateIndex(
                name: "IX_UsageReadings_ResourceId_DimensionKey_Day",
                table: "UsageReadings",
                columns: new[] { "ResourceId", "DimensionKey", "Day" },
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "FK_Products_MarketplaceAccounts_AccountId",
                table: "Products",
                column: "AccountId",
                principalTable: "MarketplaceAccounts",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_Products_MarketplaceAccounts_AccountId",
                table: "Products");

            migrationBuilder.DropTable(
                name: "MarketplaceAccounts");

            migrationBuilder.DropTable(
                name: "RecordReadings");

            migrationBuilder.DropTable(
                name: "UsageReadings");

            migrationBuilder.DropIndex(
                name: "IX_Products_AccountId",
                table: "Products");

            migrationBuilder.DropColumn(
                name: "AccountId",
                table: "Products");

            migrationBuilder.DropColumn(
                name: "AzurePlanId",
                table: "Entitlements");
        }
    }
}
