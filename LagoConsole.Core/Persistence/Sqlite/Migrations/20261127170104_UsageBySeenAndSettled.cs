using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class UsageBySeenAndSettled : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_SettledAt",
                table: "UsageRecords");

            migrationBuilder.DropIndex(
                name: "IX_UsageIncrements_SeenAt",
                table: "UsageIncrements");

            migrationBuilder.AddColumn<Guid>(
                name: "IntegrationId",
                table: "UsageRecords",
                type: "TEXT",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            // A record is its integration's whose growth it used first.
            migrationBuilder.Sql(
                """
                UPDATE UsageRecords SET IntegrationId = coalesce((
                    SELECT increment.IntegrationId FROM RecordLinks link JOIN UsageIncrements increment ON increment.Id = link.IncrementId
                    WHERE link.RecordId = UsageRecords.Id ORDER BY increment.MeterSequence LIMIT 1), IntegrationId)
                """);

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_Settled",
                table: "UsageRecords",
                columns: new[] { "State", "SettledAt", "IntegrationId", "Marketplace", "Currency", "UnitPriceMinor", "OutcomeAssumed", "Quantity" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_Seen",
                table: "UsageIncrements",
                columns: new[] { "SeenAt", "IntegrationId", "Currency", "Source", "MeterId", "AmountMinor" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_UsageRecords_Settled",
                table: "UsageRecords");

            migrationBuilder.DropIndex(
                name: "IX_UsageIncrements_Seen",
                table: "UsageIncrements");

            migrationBuilder.DropColumn(
                name: "IntegrationId",
                table: "UsageRecords");

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_SettledAt",
                table: "UsageRecords",
                column: "SettledAt");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_SeenAt",
                table: "UsageIncrements",
                column: "SeenAt");
        }
    }
}
