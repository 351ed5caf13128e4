using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class EveryCent : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_PeriodId_MetricCode",
                table: "HighWaterMarks");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "BilledAfterVoidAt",
                table: "UsageRecords",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "BilledBeforeRestoreMinor",
                table: "UsageIncrements",
                type: "decimal(25,6)",
                precision: 25,
                scale: 6,
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.AddColumn<Guid>(
                name: "RoutedEntitlementId",
                table: "UsageIncrements",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AlterColumn<decimal>(
                name: "AccruedMinor",
                table: "Meters",
                type: "decimal(25,6)",
                precision: 25,
                scale: 6,
                nullable: false,
                oldClrType: typeof(long),
                oldType: "bigint");

            migrationBuilder.AddColumn<decimal>(
                name: "LeftMinor",
                table: "Meters",
                type: "decimal(25,6)",
                precision: 25,
                scale: 6,
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.AddColumn<bool>(
                name: "IncludeTrueUps",
                table: "Integrations",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "JumpAbsoluteMinor",
                table: "Integrations",
                type: "bigint",
                nullable: false,
                defaultValue: 10000000L);

            migrationBuilder.AddColumn<int>(
                name: "JumpFactor",
                table: "Integrations",
                type: "int",
                nullable: false,
                defaultValue: 20);

            migrationBuilder.AddColumn<long>(
                name: "JumpFloorMinor",
                table: "Integrations",
                type: "bigint",
                nullable: false,
                defaultValue: 100000L);

            migrationBuilder.AddColumn<string>(
                name: "BaselineOrigin",
                table: "HighWaterMarks",
                type: "nvarchar(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "Chosen");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "FirstSeenAt",
                table: "HighWaterMarks",
                type: "datetimeoffset",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<long>(
                name: "HeldMinor",
                table: "HighWaterMarks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "HeldSince",
                table: "HighWaterMarks",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "HighestTotalMinor",
                table: "HighWaterMarks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "Hold",
                table: "HighWaterMarks",
                type: "nvarchar(30)",
                maxLength: 30,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RefusedMinor",
                table: "HighWaterMarks",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "DrainedAt",
                table: "Entitlements",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ReportAtCloseOnly",
                table: "DimensionConversions",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "HasCoupons",
                table: "BuyerLinks",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "StartsFromNow",
                table: "BuyerLinks",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "CouponsMinor",
                table: "BillingPeriods",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "EndedEarly",
                table: "BillingPeriods",
                type: "bit",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ExtraPolledAt",
                table: "BillingPeriods",
                type: "datetimeoffset",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "NeverPolled",
                table: "BillingPeriods",
                type: "bit",
                nullable: false,
                defaultValue: false);

            // Keys that were there before: seen since their period began, for what they usually grow by (R15).
            migrationBuilder.Sql("UPDATE HighWaterMarks SET FirstSeenAt = (SELECT PeriodStart FROM BillingPeriods WHERE BillingPeriods.Id = HighWaterMarks.PeriodId), HighestTotalMinor = LastTotalMinor");

            migrationBuilder.CreateTable(
                name: "BooksChecks",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    StartedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    FinishedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    Keys = table.Column<int>(type: "int", nullable: false),
                    Increments = table.Column<int>(type: "int", nullable: false),
                    Meters = table.Column<int>(type: "int", nullable: false),
                    Records = table.Column<int>(type: "int", nullable: false),
                    FailureCount = table.Column<int>(type: "int", nullable: false),
                    Failures = table.Column<string>(type: "nvarchar(4000)", maxLength: 4000, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BooksChecks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RestoreEpochs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    RestoredAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    DeclaredBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Note = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RestoreEpochs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SubscriptionRoutes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    BuyerId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    SubscriptionLagoId = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    EntitlementId = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    CreatedBy = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SubscriptionRoutes", x => x.Id);
                    table.ForeignKey(
                        name: "FK_SubscriptionRoutes_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_SubscriptionRoutes_Entitlements_EntitlementId",
                        column: x => x.EntitlementId,
                        principalTable: "Entitlements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks",
                column: "Hold");

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_PeriodId_MetricCode_Currency",
                table: "HighWaterMarks",
                columns: new[] { "PeriodId", "MetricCode", "Currency" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_BooksChecks_StartedAt",
                table: "BooksChecks",
                column: "StartedAt");

            migrationBuilder.CreateIndex(
                name: "IX_RestoreEpochs_RestoredAt",
                table: "RestoreEpochs",
                column: "RestoredAt");

            migrationBuilder.CreateIndex(
                name: "IX_SubscriptionRoutes_BuyerId",
                table: "SubscriptionRoutes",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_SubscriptionRoutes_EntitlementId",
                table: "SubscriptionRoutes",
                column: "EntitlementId");

            migrationBuilder.CreateIndex(
                name: "IX_SubscriptionRoutes_SubscriptionLagoId_EntitlementId",
                table: "SubscriptionRoutes",
                columns: new[] { "SubscriptionLagoId", "EntitlementId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "BooksChecks");

            migrationBuilder.DropTable(
                name: "RestoreEpochs");

            migrationBuilder.DropTable(
                name: "SubscriptionRoutes");

            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_Hold",
                table: "HighWaterMarks");

            migrationBuilder.DropIndex(
                name: "IX_HighWaterMarks_PeriodId_MetricCode_Currency",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "BilledAfterVoidAt",
                table: "UsageRecords");

            migrationBuilder.DropColumn(
                name: "BilledBeforeRestoreMinor",
                table: "UsageIncrements");

            migrationBuilder.DropColumn(
                name: "RoutedEntitlementId",
                table: "UsageIncrements");

            migrationBuilder.DropColumn(
                name: "LeftMinor",
                table: "Meters");

            migrationBuilder.DropColumn(
                name: "IncludeTrueUps",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "JumpAbsoluteMinor",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "JumpFactor",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "JumpFloorMinor",
                table: "Integrations");

            migrationBuilder.DropColumn(
                name: "BaselineOrigin",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "FirstSeenAt",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "HeldMinor",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "HeldSince",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "HighestTotalMinor",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "Hold",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "RefusedMinor",
                table: "HighWaterMarks");

            migrationBuilder.DropColumn(
                name: "DrainedAt",
                table: "Entitlements");

            migrationBuilder.DropColumn(
                name: "ReportAtCloseOnly",
                table: "DimensionConversions");

            migrationBuilder.DropColumn(
                name: "HasCoupons",
                table: "BuyerLinks");

            migrationBuilder.DropColumn(
                name: "StartsFromNow",
                table: "BuyerLinks");

            migrationBuilder.DropColumn(
                name: "CouponsMinor",
                table: "BillingPeriods");

            migrationBuilder.DropColumn(
                name: "EndedEarly",
                table: "BillingPeriods");

            migrationBuilder.DropColumn(
                name: "ExtraPolledAt",
                table: "BillingPeriods");

            migrationBuilder.DropColumn(
                name: "NeverPolled",
                table: "BillingPeriods");

            migrationBuilder.AlterColumn<long>(
                name: "AccruedMinor",
                table: "Meters",
                type: "bigint",
                nullable: false,
                oldClrType: typeof(decimal),
                oldType: "decimal(25,6)",
                oldPrecision: 25,
                oldScale: 6);

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_PeriodId_MetricCode",
                table: "HighWaterMarks",
                columns: new[] { "PeriodId", "MetricCode" },
                unique: true);
        }
    }
}
