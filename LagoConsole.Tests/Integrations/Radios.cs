using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace LagoConsole.Tests.Integrations;

/// <summary>Radio buttons by the text beside them.</summary>
internal static class Radios
{
    public static IElement Radio<TComponent>(this IRenderedComponent<TComponent> root, string label)
        where TComponent : IComponent =>
        root.FindAll("label").Single(candidate => candidate.TextContent.Trim() == label).QuerySelector("input[type=radio]")
            ?? throw new InvalidOperationException($"\"{label}\" is no radio button.");

    public static Task ChooseRadioAsync<TComponent>(this IRenderedComponent<TComponent> root, string label)
        where TComponent : IComponent => root.Radio(label).ClickAsync();
}
