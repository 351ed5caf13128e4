using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LagoConsole.Core.Persistence.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "AuditEntries",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Actor = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Action = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    SubjectType = table.Column<string>(type: "TEXT", maxLength: 50, nullable: false),
                    SubjectId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Before = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    After = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    Note = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditEntries", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "BillingPeriods",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    IntegrationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    SubscriptionLagoId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    SubscriptionExternalId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    LagoCustomerId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    PeriodStart = table.Column<long>(type: "INTEGER", nullable: false),
                    PeriodEnd = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    LastSnapshotAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastCloseAttemptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CloseDetail = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    FinalInvoiceLagoId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    ClosedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BillingPeriods", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Buyers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Email = table.Column<string>(type: "TEXT", maxLength: 320, nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Buyers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DataProtectionKeys",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    FriendlyName = table.Column<string>(type: "TEXT", nullable: true),
                    Xml = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataProtectionKeys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Integrations",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Region = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    BaseUrl = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    OrganizationLagoId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    ApiKeyCipher = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    ApiKeyLastFour = table.Column<string>(type: "TEXT", maxLength: 4, nullable: false),
                    BillingMode = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    AutoReport = table.Column<bool>(type: "INTEGER", nullable: false),
                    Status = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StatusDetail = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    VerifiedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastPollStartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastPollFinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastReleasedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    StartedFromNowAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Integrations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Products",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    AwsRegion = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    AwsProductCode = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    SoleWriterConfirmedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    SoleWriterConfirmedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Products", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "HighWaterMarks",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    PeriodId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MetricCode = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    BaselineMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    AmountMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    ReportAtCloseOnly = table.Column<bool>(type: "INTEGER", nullable: false),
                    LastTotalMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    LastTotalAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastCharges = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HighWaterMarks", x => x.Id);
                    table.ForeignKey(
                        name: "FK_HighWaterMarks_BillingPeriods_PeriodId",
                        column: x => x.PeriodId,
                        principalTable: "BillingPeriods",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "UsageSnapshots",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    PeriodId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MetricCode = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    TotalMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    TakenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    Charges = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsageSnapshots", x => x.Id);
                    table.ForeignKey(
                        name: "FK_UsageSnapshots_BillingPeriods_PeriodId",
                        column: x => x.PeriodId,
                        principalTable: "BillingPeriods",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "BuyerLinks",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    IntegrationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    LagoCustomerId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    CustomerLagoId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    LinkedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LinkedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    UnlinkedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastProblem = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    LastProblemAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BuyerLinks", x => x.Id);
                    table.ForeignKey(
                        name: "FK_BuyerLinks_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_BuyerLinks_Integrations_IntegrationId",
                        column: x => x.IntegrationId,
                        principalTable: "Integrations",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Dimensions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProductId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Dimensions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Dimensions_Products_ProductId",
                        column: x => x.ProductId,
                        principalTable: "Products",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Entitlements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProductId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Identity = table.Column<string>(type: "TEXT", maxLength: 560, nullable: false),
                    AwsAccountId = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    AwsLicenseArn = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StartsAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndsAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Entitlements", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Entitlements_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_Entitlements_Products_ProductId",
                        column: x => x.ProductId,
                        principalTable: "Products",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "DimensionConversions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProductId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MetricCode = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    DimensionId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DimensionConversions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_DimensionConversions_Dimensions_DimensionId",
                        column: x => x.DimensionId,
                        principalTable: "Dimensions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_DimensionConversions_Products_ProductId",
                        column: x => x.ProductId,
                        principalTable: "Products",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "DimensionPrices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    DimensionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EntitlementId = table.Column<Guid>(type: "TEXT", nullable: true),
                    UnitPriceMinor = table.Column<decimal>(type: "TEXT", precision: 19, scale: 6, nullable: false),
                    EffectiveFrom = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DimensionPrices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_DimensionPrices_Dimensions_DimensionId",
                        column: x => x.DimensionId,
                        principalTable: "Dimensions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_DimensionPrices_Entitlements_EntitlementId",
                        column: x => x.EntitlementId,
                        principalTable: "Entitlements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Meters",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    EntitlementId = table.Column<Guid>(type: "TEXT", nullable: false),
                    DimensionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Identity = table.Column<string>(type: "TEXT", maxLength: 560, nullable: false),
                    DimensionKey = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    AccruedMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    AllocatedMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    WaivedMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    LastSlotHour = table.Column<long>(type: "INTEGER", nullable: true),
                    IncrementCount = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Meters", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Meters_Dimensions_DimensionId",
                        column: x => x.DimensionId,
                        principalTable: "Dimensions",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_Meters_Entitlements_EntitlementId",
                        column: x => x.EntitlementId,
                        principalTable: "Entitlements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "UsageRecordGroups",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    EntitlementId = table.Column<Guid>(type: "TEXT", nullable: false),
                    WindowStart = table.Column<long>(type: "INTEGER", nullable: false),
                    WindowEnd = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsageRecordGroups", x => x.Id);
                    table.ForeignKey(
                        name: "FK_UsageRecordGroups_Entitlements_EntitlementId",
                        column: x => x.EntitlementId,
                        principalTable: "Entitlements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "UsageRecords",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    MeterId = table.Column<Guid>(type: "TEXT", nullable: false),
                    EntitlementId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Marketplace = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    DimensionKey = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    SlotHour = table.Column<long>(type: "INTEGER", nullable: false),
                    Timestamp = table.Column<long>(type: "INTEGER", nullable: false),
                    Quantity = table.Column<long>(type: "INTEGER", nullable: false),
                    UnitPriceMinor = table.Column<decimal>(type: "TEXT", precision: 19, scale: 6, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    BatchKey = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    Payload = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    PayloadSha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    RemainderBeforeMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    OpenBeforeMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    RemainderAfterMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Deadline = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    HadUnknownAttempt = table.Column<bool>(type: "INTEGER", nullable: false),
                    AttemptCount = table.Column<int>(type: "INTEGER", nullable: false),
                    LastAttemptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    NextAttemptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LeaseOwner = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    LeaseUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    ProviderRecordId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    OutcomeAssumed = table.Column<bool>(type: "INTEGER", nullable: false),
                    ErrorCode = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    ErrorMessage = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    SettledAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidedBy = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidedFrom = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    DecisionNote = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsageRecords", x => x.Id);
                    table.ForeignKey(
                        name: "FK_UsageRecords_Entitlements_EntitlementId",
                        column: x => x.EntitlementId,
                        principalTable: "Entitlements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_UsageRecords_Meters_MeterId",
                        column: x => x.MeterId,
                        principalTable: "Meters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "UsageIncrements",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    MarkId = table.Column<Guid>(type: "TEXT", nullable: false),
                    IntegrationId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BuyerId = table.Column<Guid>(type: "TEXT", nullable: false),
                    MetricCode = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    FromMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    ToMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    AmountMinor = table.Column<long>(type: "INTEGER", nullable: false),
                    SeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    MeterId = table.Column<Guid>(type: "TEXT", nullable: true),
                    WaitReason = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    WaitingSince = table.Column<long>(type: "INTEGER", nullable: true),
                    WaivedMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    OpenMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false),
                    IsOpen = table.Column<bool>(type: "INTEGER", nullable: false),
                    GroupId = table.Column<Guid>(type: "TEXT", nullable: true),
                    ReportRegardless = table.Column<bool>(type: "INTEGER", nullable: false),
                    MeterSequence = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsageIncrements", x => x.Id);
                    table.ForeignKey(
                        name: "FK_UsageIncrements_Buyers_BuyerId",
                        column: x => x.BuyerId,
                        principalTable: "Buyers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_UsageIncrements_HighWaterMarks_MarkId",
                        column: x => x.MarkId,
                        principalTable: "HighWaterMarks",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_UsageIncrements_Meters_MeterId",
                        column: x => x.MeterId,
                        principalTable: "Meters",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_UsageIncrements_UsageRecordGroups_GroupId",
                        column: x => x.GroupId,
                        principalTable: "UsageRecordGroups",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Attempts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    RecordId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    CallId = table.Column<Guid>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    HttpStatus = table.Column<int>(type: "INTEGER", nullable: true),
                    Verdict = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    RequestId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Request = table.Column<string>(type: "TEXT", maxLength: 8000, nullable: true),
                    Response = table.Column<string>(type: "TEXT", maxLength: 8000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Attempts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Attempts_UsageRecords_RecordId",
                        column: x => x.RecordId,
                        principalTable: "UsageRecords",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "RecordLinks",
                columns: table => new
                {
                    RecordId = table.Column<Guid>(type: "TEXT", nullable: false),
                    IncrementId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AmountMinor = table.Column<decimal>(type: "TEXT", precision: 25, scale: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RecordLinks", x => new { x.RecordId, x.IncrementId });
                    table.ForeignKey(
                        name: "FK_RecordLinks_UsageIncrements_IncrementId",
                        column: x => x.IncrementId,
                        principalTable: "UsageIncrements",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_RecordLinks_UsageRecords_RecordId",
                        column: x => x.RecordId,
                        principalTable: "UsageRecords",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Attempts_RecordId_Number",
                table: "Attempts",
                columns: new[] { "RecordId", "Number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_At",
                table: "AuditEntries",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_SubjectType_SubjectId",
                table: "AuditEntries",
                columns: new[] { "SubjectType", "SubjectId" });

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_BuyerId",
                table: "BillingPeriods",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_IntegrationId_State_PeriodEnd",
                table: "BillingPeriods",
                columns: new[] { "IntegrationId", "State", "PeriodEnd" });

            migrationBuilder.CreateIndex(
                name: "IX_BillingPeriods_SubscriptionLagoId_PeriodStart",
                table: "BillingPeriods",
                columns: new[] { "SubscriptionLagoId", "PeriodStart" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_BuyerLinks_BuyerId",
                table: "BuyerLinks",
                column: "BuyerId",
                unique: true,
                filter: "[UnlinkedAt] IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_BuyerLinks_IntegrationId_LagoCustomerId",
                table: "BuyerLinks",
                columns: new[] { "IntegrationId", "LagoCustomerId" },
                unique: true,
                filter: "[UnlinkedAt] IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Buyers_Name",
                table: "Buyers",
                column: "Name");

            migrationBuilder.CreateIndex(
                name: "IX_DimensionConversions_DimensionId",
                table: "DimensionConversions",
                column: "DimensionId");

            migrationBuilder.CreateIndex(
                name: "IX_DimensionConversions_ProductId_MetricCode",
                table: "DimensionConversions",
                columns: new[] { "ProductId", "MetricCode" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_DimensionPrices_DimensionId_EffectiveFrom",
                table: "DimensionPrices",
                columns: new[] { "DimensionId", "EffectiveFrom" },
                unique: true,
                filter: "[EntitlementId] IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_DimensionPrices_DimensionId_EntitlementId_EffectiveFrom",
                table: "DimensionPrices",
                columns: new[] { "DimensionId", "EntitlementId", "EffectiveFrom" },
                unique: true,
                filter: "[EntitlementId] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_DimensionPrices_EntitlementId",
                table: "DimensionPrices",
                column: "EntitlementId");

            migrationBuilder.CreateIndex(
                name: "IX_Dimensions_ProductId_Key",
                table: "Dimensions",
                columns: new[] { "ProductId", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_BuyerId",
                table: "Entitlements",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_Identity",
                table: "Entitlements",
                column: "Identity",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Entitlements_ProductId",
                table: "Entitlements",
                column: "ProductId");

            migrationBuilder.CreateIndex(
                name: "IX_HighWaterMarks_PeriodId_MetricCode",
                table: "HighWaterMarks",
                columns: new[] { "PeriodId", "MetricCode" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Integrations_OrganizationLagoId",
                table: "Integrations",
                column: "OrganizationLagoId",
                unique: true,
                filter: "[OrganizationLagoId] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Meters_DimensionId",
                table: "Meters",
                column: "DimensionId");

            migrationBuilder.CreateIndex(
                name: "IX_Meters_EntitlementId",
                table: "Meters",
                column: "EntitlementId");

            migrationBuilder.CreateIndex(
                name: "IX_Meters_Identity_DimensionKey",
                table: "Meters",
                columns: new[] { "Identity", "DimensionKey" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Products_Name",
                table: "Products",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_RecordLinks_IncrementId",
                table: "RecordLinks",
                column: "IncrementId");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_BuyerId",
                table: "UsageIncrements",
                column: "BuyerId");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_GroupId",
                table: "UsageIncrements",
                column: "GroupId");

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_IntegrationId_IsOpen_GroupId",
                table: "UsageIncrements",
                columns: new[] { "IntegrationId", "IsOpen", "GroupId" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_MarkId_FromMinor",
                table: "UsageIncrements",
                columns: new[] { "MarkId", "FromMinor" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_MeterId_IsOpen_MeterSequence",
                table: "UsageIncrements",
                columns: new[] { "MeterId", "IsOpen", "MeterSequence" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageIncrements_WaitReason_BuyerId",
                table: "UsageIncrements",
                columns: new[] { "WaitReason", "BuyerId" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecordGroups_EntitlementId_WindowStart_WindowEnd",
                table: "UsageRecordGroups",
                columns: new[] { "EntitlementId", "WindowStart", "WindowEnd" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecordGroups_WindowStart",
                table: "UsageRecordGroups",
                column: "WindowStart");

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_CreatedAt",
                table: "UsageRecords",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_EntitlementId_SlotHour",
                table: "UsageRecords",
                columns: new[] { "EntitlementId", "SlotHour" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_MeterId_SlotHour",
                table: "UsageRecords",
                columns: new[] { "MeterId", "SlotHour" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_UsageRecords_State_NextAttemptAt",
                table: "UsageRecords",
                columns: new[] { "State", "NextAttemptAt" });

            migrationBuilder.CreateIndex(
                name: "IX_UsageSnapshots_PeriodId_MetricCode_TakenAt",
                table: "UsageSnapshots",
                columns: new[] { "PeriodId", "MetricCode", "TakenAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Attempts");

            migrationBuilder.DropTable(
                name: "AuditEntries");

            migrationBuilder.DropTable(
                name: "BuyerLinks");

            migrationBuilder.DropTable(
                name: "DataProtectionKeys");

            migrationBuilder.DropTable(
                name: "DimensionConversions");

            migrationBuilder.DropTable(
                name: "DimensionPrices");

            migrationBuilder.DropTable(
                name: "RecordLinks");

            migrationBuilder.DropTable(
                name: "UsageSnapshots");

            migrationBuilder.DropTable(
                name: "Integrations");

            migrationBuilder.DropTable(
                name: "UsageIncrements");

            migrationBuilder.DropTable(
                name: "UsageRecords");

            migrationBuilder.DropTable(
                name: "HighWaterMarks");

            migrationBuilder.DropTable(
                name: "UsageRecordGroups");

            migrationBuilder.DropTable(
                name: "Meters");

            migrationBuilder.DropTable(
                name: "BillingPeriods");

            migrationBuilder.DropTable(
                name: "Dimensions");

            migrationBuilder.DropTable(
                name: "Entitlements");

            migrationBuilder.DropTable(
                name: "Buyers");

            migrationBuilder.DropTable(
                name: "Products");
        }
    }
}
