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
