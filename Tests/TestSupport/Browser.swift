import Foundation

/// Chromium without a window, for pages that people look at.
public struct Browser {
  private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  public static var isInstalled: Bool { program != nil }

  private let directory: TemporaryDirectory

  public init(_ directory: TemporaryDirectory) { self.directory = directory }

  /// The document of a page after its scripts have run.
  public func document(of page: String) throws -> String {
    try directory.write("page.html", page)
    return try run(["--dump-dom", "--virtual-time-budget=5000"])
  }

  /// A picture of a page, as PNG.
  public func picture(of page: String, width: Int, height: Int) throws -> Data {
    try directory.write("page.html", page)
    _ = try run([
      "--screenshot=\(directory.path("page.png"))", "--window-size=\(width),\(height)", "--hide-scrollbars",
      "--virtual-time-budget=5000",
    ])
    return try directory.read("page.png")
  }

  /// A document that has a page in frames: of these widths, each light and dark.
  public static func page(_ html: String, widths: [Int], height: Int, script: String = "") -> String {
    let text = html.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let frames = widths.flatMap { width in
      ["light", "dark"].map { scheme in
        "<iframe class=\"\(scheme)\" style=\"color-scheme:\(scheme);border:0;display:block;float:left\" width=\"\(width)\""
          + " height=\"\(height)\" srcdoc=\"\(text)\"></iframe>\n"
      }
    }
    return
      "<!DOCTYPE html><meta charset=\"utf-8\"><body style=\"margin:0\">\n\(frames.joined())<p id=\"said\" style=\"clear:both;margin:0\"></p>\(script)</body>"
  }

  /// Measures a page in frames of some widths, each light and dark.
  /// - Parameters:
  ///   - card: the selector of the element whose background is named.
  ///   - scrolling: the selector of elements whose content may be wider than they are.
  /// - Returns: for each frame, how much wider than the frame its content is, and which elements are; the colour of the
  ///   card; and the elements whose text has less than 4.5 times the luminance of its background, or the reverse.
  public func frames(of html: String, widths: [Int], card: String, scrolling: String = "none") throws -> [String] {
    let script = Self.measure.replacing("CARD", with: card).replacing("SCROLLING", with: scrolling)
    let document = try document(of: Self.page(html, widths: widths, height: 6000, script: script))
    let said = document.firstMatch(of: /<p id="said"[^>]*>(.*?)<\/p>/).map { String($0.1) } ?? ""
    return said.split(separator: "; ").map(String.init)
  }

  private static let measure = """
    <script>
    const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    const numbers = colour => colour.match(/[0-9.]+/g).map(Number)
    const luminance = colour => { const [r, g, b] = numbers(colour).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
    const isClear = colour => numbers(colour)[3] === 0
    onload = () => {
      const said = []
      for (const frame of document.querySelectorAll("iframe")) {
        const page = frame.contentDocument, style = element => frame.contentWindow.getComputedStyle(element)
        const elements = [...page.querySelectorAll("body *")]
        const excess = element => Math.ceil(element.getBoundingClientRect().right) - page.documentElement.clientWidth
        const wide = elements.filter(element => !element.closest("SCROLLING *") && excess(element) > 1)
        const pale = []
        for (const element of elements) {
          if (element.tagName === "title" || ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue
          let ground = element
          while (isClear(style(ground).backgroundColor) && ground.parentElement) ground = ground.parentElement
          const colour = element instanceof frame.contentWindow.SVGElement ? style(element).fill : style(element).color
          const [a, b] = [luminance(colour), luminance(style(ground).backgroundColor)].sort((x, y) => y - x)
          if ((a + 0.05) / (b + 0.05) < 4.5)
            pale.push(`${element.tagName} ${element.className} ${((a + 0.05) / (b + 0.05)).toFixed(1)}`)
        }
        const name = element => `${element.tagName} ${element.className}`
        said.push(`${frame.width} ${frame.className} over ${Math.max(0, page.documentElement.scrollWidth - page.documentElement.clientWidth)} `
          + `[${[...new Set(wide.map(name))].join()}] card ${style(page.querySelector("CARD")).backgroundColor} pale [${[...new Set(pale)].join()}]`)
      }
      document.getElementById("said").textContent = said.join("; ")
    }
    </script>
    """

  private func run(_ arguments: [String]) throws -> String {
    let outcome = try Executable(program: Self.program ?? "").run(
      ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir=\(directory.path("browser"))"]
        + arguments + ["file://\(directory.path("page.html"))"],
      environment: ["HOME": directory.url.path])
    guard outcome.status == 0 else {
      throw CocoaError(.executableLoad, userInfo: ["why": String(outcome.errors.suffix(500))])
    }
    return outcome.text
  }
}
