using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
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

            migrationBuilder.AddColumn<long>(
                name: "BilledAfterVoidAt",
                table: "UsageRecords",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "BilledBeforeRestoreMinor",
                table: "UsageIncrements",
                type: "TEXT",
                precision: 25,
                scale: 6,
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.AddColumn<Guid>(
                name: "RoutedEntitlementId",
                table: "UsageIncrements",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IncludeTrueUps",
                table: "Integrations",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "JumpAbsoluteMinor",
                table: "Integrations",
                type: "INTEGER",
                nullable: false,
                defaultValue: 10000000L);

            migrationBuilder.AddColumn<int>(
                name: "JumpFactor",
                table: "Integrations",
                type: "INTEGER",
                nullable: false,
                defaultValue: 20);

            migrationBuilder.AddColumn<long>(
                name: "JumpFloorMinor",
                table: "Integrations",
                type: "INTEGER",
                nullable: false,
                defaultValue: 100000L);

            migrationBuilder.AddColumn<string>(
                name: "BaselineOrigin",
                table: "HighWaterMarks",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "Chosen");

            migrationBuilder.AddColumn<long>(
                name: "FirstSeenAt",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "HeldMinor",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "HeldSince",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "HighestTotalMinor",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "Hold",
                table: "HighWaterMarks",
                type: "TEXT",
                maxLength: 30,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RefusedMinor",
                table: "HighWaterMarks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "DrainedAt",
                table: "Entitlements",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ReportAtCloseOnly",
                table: "DimensionConversions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "HasCoupons",
                table: "BuyerLinks",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "StartsFromNow",
                table: "BuyerLinks",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "CouponsMinor",
                table: "BillingPeriods",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "EndedEarly",
                table: "BillingPeriods",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "ExtraPolledAt",
                table: "BillingPeriods",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "NeverPolled",
                table: "BillingPeriods",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            // Keys that were there before: seen since their period began, for what they usually grow by (R15).
            migrationBuilder.Sql("UPDATE HighWaterMarks SET FirstSeenAt = (SELECT PeriodStart FROM BillingPeriods WHERE BillingPeriods.Id = HighWaterMarks.PeriodId), HighestTotalMinor = LastTotalMinor");

            // After the statement above: SQLite builds this table anew for it, and EF Core warns of statements that meet a table half built.
            migrationBuilder.AlterColumn<decimal>(
                name: "AccruedMinor",
                table: "Meters",
                type: "TEXT",
                precision: 25,
                scale: 6,
                nullable: false,
                oldClrType: typeof(long),
                oldType: "INTEGER");

            migrationBuilder.AddColumn<decimal>(
                name: "LeftMinor",
                table: "Meters",
                type: "TEXT",
                precision: 25,
                scale: 6,
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.CreateTable(
                name: "BooksChecks",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Keys = table.Column<int>(type: "INTEGER", nullable: false),
                    Increments = table.Column<int>(type: "INTEGER", nullable: false),
                    Meters = table.Column<int>(type: "INTEGER", nullable: false),
                    Records = table.Column<int>(type: "INTEGER", nullable: false),
                    FailureCount = table.Column<int>(type: "INTEGER", nullable: false),
                    Failures = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BooksChecks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RestoreEpochs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    RestoredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DeclaredBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Note = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RestoreEpochs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SubscriptionRoutes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SubscriptionLagoId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    EntitlementId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
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
                type: "INTEGER",
                nullable: false,
                oldClrType: typeof(decimal),
                oldType: "TEXT",
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
