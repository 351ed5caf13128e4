using MudBlazor;

namespace LagoConsole.Components.Layout;

/// <summary>
/// The console's look: quiet surfaces, one petrol accent, colours kept for states. Every text colour reaches
/// WCAG AA (4.5:1) on its background in both palettes, so a state is readable and never told by colour alone.
/// </summary>
internal static class ConsoleTheme
{
    private static readonly string[] _font = ["Inter", "Segoe UI", "system-ui", "-apple-system", "Roboto", "Liberation Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0B5A6F",
            PrimaryContrastText = "#FFFFFF",
            Secondary = "#4A4E8C",
            SecondaryContrastText = "#FFFFFF",
            Tertiary = "#5C6470",
            Info = "#1D5FA8",
            Success = "#1B7340",
            Warning = "#8F5300",
            WarningContrastText = "#FFFFFF",
            Error = "#B3261E",
            Dark = "#1B2430",
            Black = "#1B2430",
            TextPrimary = "#1B2430",
            TextSecondary = "#55606E",
            TextDisabled = "#767F8B",
            ActionDefault = "#55606E",
            ActionDisabled = "#767F8B",
            Background = "#F5F6F8",
            BackgroundGray = "#ECEFF2",
            Surface = "#FFFFFF",
            AppbarBackground = "#FFFFFF",
            AppbarText = "#1B2430",
            DrawerBackground = "#FFFFFF",
            DrawerText = "#1B2430",
            DrawerIcon = "#55606E",
            LinesDefault = "#DDE2E7",
            LinesInputs = "#7A8592",
            TableLines = "#E4E8EC",
            TableStriped = "#F8F9FA",
            TableHover = "#F0F4F6",
            Divider = "#DDE2E7",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6FC3D6",
            PrimaryContrastText = "#0B1A1F",
            Secondary = "#A9ACE6",
            SecondaryContrastText = "#14152B",
            Tertiary = "#A4ADB8",
            Info = "#8AB8F0",
            InfoContrastText = "#0C1B2C",
            Success = "#6CCB8C",
            SuccessContrastText = "#0B2013",
            Warning = "#E9B35A",
            WarningContrastText = "#2A1C00",
            Error = "#F28B82",
            ErrorContrastText = "#2E0B08",
            Dark = "#2A323C",
            Black = "#12161C",
            TextPrimary = "#E4E8EE",
            TextSecondary = "#A9B3BF",
            TextDisabled = "#7F8A97",
            ActionDefault = "#A9B3BF",
            ActionDisabled = "#6A7480",
            Background = "#12161C",
            BackgroundGray = "#181E26",
            Surface = "#1A2028",
            AppbarBackground = "#1A2028",
            AppbarText = "#E4E8EE",
            DrawerBackground = "#1A2028",
            DrawerText = "#E4E8EE",
            DrawerIcon = "#A9B3BF",
            LinesDefault = "#313A45",
            LinesInputs = "#788492",
            TableLines = "#2A323C",
            TableStriped = "#1D242D",
            TableHover = "#222A34",
            Divider = "#313A45",
        },
        LayoutProperties = new LayoutProperties
        {
            DefaultBorderRadius = "4px",
            AppbarHeight = "48px",
            DrawerWidthLeft = "200px",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = _font, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = _font, FontSize = "1.375rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "-.01em" },
            H2 = new H2Typography { FontFamily = _font, FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "normal" },
            H3 = new H3Typography { FontFamily = _font, FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = _font, FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = _font, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = _font, FontSize = ".8125rem", LineHeight = "1.4", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = _font, FontSize = ".8125rem", FontWeight = "600", TextTransform = "none", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = _font, FontSize = ".75rem", LineHeight = "1.4", LetterSpacing = "normal" },
        },
    };
}
