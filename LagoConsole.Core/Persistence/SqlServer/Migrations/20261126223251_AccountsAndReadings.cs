using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
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
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AzurePlanId",
                table: "Entitlements",
                type: "nvarchar(100)",
                maxLength: 100,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.CreateTable(
                name: "MarketplaceAccounts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Marketplace = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    Kind = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    Name = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    AwsProfile = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AwsAccessKeyId = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AwsRoleArn = table.Column<string>(type: "nvarchar(600)", maxLength: 600, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AwsExternalId = table.Column<string>(type: "nvarchar(1224)", maxLength: 1224, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AzureTenantId = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AzureClientId = table.Column<string>(type: "nvarchar(36)", maxLength: 36, nullable: true, collation: "Latin1_General_100_BIN2"),
                    GoogleClientEmail = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: true, collation: "Latin1_General_100_BIN2"),
                    GoogleKeyId = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    SecretCipher = table.Column<string>(type: "nvarchar(max)", maxLength: 64000, nullable: true, collation: "Latin1_General_100_BIN2"),
                    SecretLastFour = table.Column<string>(type: "nvarchar(4)", maxLength: 4, nullable: true, collation: "Latin1_General_100_BIN2"),
                    SecretExpiresAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    Generation = table.Column<int>(type: "int", nullable: false),
                    Status = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    StatusDetail = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true, collation: "Latin1_General_100_BIN2"),
                    VerifiedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    ClockAheadSeconds = table.Column<int>(type: "int", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MarketplaceAccounts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RecordReadings",
                columns: table => new
                {
                    RecordId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    Submitted = table.Column<decimal>(type: "decimal(28,10)", precision: 28, scale: 10, nullable: false),
                    FirstReadAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    LastReadAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Billed = table.Column<bool>(type: "bit", nullable: true),
                    Because = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Version = table.Column<int>(type: "int", nullable: false)
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
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ResourceId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    DimensionKey = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Day = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    OfferId = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Submitted = table.Column<decimal>(type: "decimal(28,10)", precision: 28, scale: 10, nullable: false),
                    Processed = table.Column<decimal>(type: "decimal(28,10)", precision: 28, scale: 10, nullable: false),
                    Events = table.Column<long>(type: "bigint", nullable: false),
                    Statuses = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false, collation: "Latin1_General_100_BIN2"),
                    ReadAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Version = table.Column<int>(type: "int", nullable: false)
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
