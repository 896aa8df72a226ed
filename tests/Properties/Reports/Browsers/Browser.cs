// What this file covers: a headless Chromium driven through the pipe of its DevTools: pages opened, keys pressed,
// colours and sizes asked for, expressions evaluated, and whatever the page loaded or complained about.
// What it does not cover: finding one (Chromium.cs), what is asked of pages (BrowserTests.cs).

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace MmFuzz.Tests.Reports.Browsers;

/// <summary>A browser with one page.</summary>
public sealed class Browser : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process? process;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mmfuzz-browser-");
    private readonly List<JsonElement> events = [];
    private string? session;
    private int last;

    /// <summary>Starts it, if there is one.</summary>
    public Browser()
    {
        if (Chromium.WhyNot is not null)
        {
            return;
        }

        // the pipe of DevTools is descriptors 3 and 4; here they are standard input and output
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] words =
        [
            "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null", Chromium.Path!, "--headless",
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--remote-debugging-pipe", $"--user-data-dir={folder.FullName}", "about:blank",
        ];
        Array.ForEach(words, start.ArgumentList.Add);
        process = Process.Start(start)!;
        string target = Call("Target.createTarget", """{"url":"about:blank"}""").GetProperty("targetId").GetString()!;
        session = Call("Target.attachToTarget", $$"""{"targetId":"{{target}}","flatten":true}""")
            .GetProperty("sessionId").GetString();
        foreach (string domain in (string[])["Page", "Network", "Log", "Runtime"])
        {
            Call($"{domain}.enable");
        }
    }

    /// <summary>What happened since the page was opened, by the names of DevTools.</summary>
    internal IEnumerable<JsonElement> Events(string method) => events
        .Where(one => one.GetProperty("method").GetString() == method).Select(static one => one.GetProperty("params"));

    /// <summary>Opens a page in a window of a size, on a system that likes it light or dark.</summary>
    internal void Open(string page, int width = 1280, int height = 900, string scheme = "light", string hash = "")
    {
        Call("Emulation.setDeviceMetricsOverride",
            $$"""{"width":{{width}},"height":{{height}},"deviceScaleFactor":1,"mobile":false}""");
        Prefer(scheme);
        string path = Path.Combine(folder.FullName, $"{last}.html"); // the same address would be no new page
        File.WriteAllText(path, page);
        events.Clear();
        Call("Page.navigate", JsonSerializer.Serialize(new { url = $"file://{path}{hash}" }));
        Wait("Page.loadEventFired");
    }

    /// <summary>What the system likes.</summary>
    internal void Prefer(string scheme) => Call(
        "Emulation.setEmulatedMedia",
        $$"""{"features":[{"name":"prefers-color-scheme","value":"{{scheme}}"}]}""");

    /// <summary>Presses a key.</summary>
    internal void Press(string key)
    {
        int code = key switch
        {
            "Tab" => 9,
            "Enter" => 13,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            _ => throw new ArgumentException("a key that no test needs yet", nameof(key)),
        };
        string text = key == "Enter" ? "\r" : string.Empty;
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            string letter = type == "keyDown" ? text : string.Empty;
            Call("Input.dispatchKeyEvent", JsonSerializer.Serialize(
                new { type, key, code = key, windowsVirtualKeyCode = code, text = letter }));
        }
    }

    /// <summary>The value of an expression, which may be a promise.</summary>
    internal JsonElement Evaluate(string expression)
    {
        JsonElement answer = Call("Runtime.evaluate", JsonSerializer.Serialize(
            new { expression, returnByValue = true, awaitPromise = true, userGesture = true }));
        if (answer.TryGetProperty("exceptionDetails", out JsonElement failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>The same as text.</summary>
    internal string Text(string expression) => Evaluate(expression).ToString();

    /// <summary>Calls a method of DevTools.</summary>
    internal JsonElement Call(string method, string parameters = "{}")
    {
        var message = new JsonObject
        {
            ["id"] = ++last,
            ["method"] = method,
            ["params"] = JsonNode.Parse(parameters),
        };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        Stream pipe = process!.StandardInput.BaseStream;
        pipe.Write(Encoding.UTF8.GetBytes(message.ToJsonString() + "\0"));
        pipe.Flush();
        while (true)
        {
            JsonElement answer = Read();
            if (!answer.TryGetProperty("id", out JsonElement id))
            {
                events.Add(answer);
            }
            else if (id.GetInt32() == last)
            {
                return answer.TryGetProperty("result", out JsonElement result)
                    ? result
                    : throw new InvalidOperationException($"{method}: {answer}");
            }
        }
    }

    public void Dispose()
    {
        if (process is not null)
        {
            session = null;
            Call("Browser.close");
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
            }

            process.Dispose();
        }

        DeleteFolder();
    }

    private void Wait(string method)
    {
        while (!Events(method).Any())
        {
            events.Add(Read());
        }
    }

    private JsonElement Read()
    {
        var bytes = new List<byte>();
        Task reading = Task.Run(() =>
        {
            Stream pipe = process!.StandardOutput.BaseStream;
            for (int next = pipe.ReadByte(); next != 0; next = pipe.ReadByte())
            {
                bytes.Add(next >= 0 ? (byte)next : throw new EndOfStreamException("the browser ended"));
            }
        });
        if (!reading.Wait(Patience))
        {
            throw new TimeoutException("the browser says nothing");
        }

        using var document = JsonDocument.Parse(bytes.ToArray());
        return document.RootElement.Clone();
    }

    /// <summary>Processes that are about to end may still write into it.</summary>
    private void DeleteFolder()
    {
        for (int attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                folder.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                Task.Delay(200).Wait();
            }
        }
    }
}
