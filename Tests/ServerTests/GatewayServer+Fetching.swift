import TestSupport

/// ps-fetch against a gateway.
extension GatewayServer {
  static let secret = "s3cret&more"

  /// What its client is started with.
  func arguments(_ name: String, _ more: [String]) -> [String] {
    [
      "--base-url", url(name), "--feed-path", "/people/v1/", "--client-id", "lib", "--ca-file",
      directory.path("ca.crt"),
    ]
      + more
  }

  /// Fetches to the end; without retries unless others are asked for.
  func fetch(_ name: String, _ more: [String] = [], environment: [String: String] = [:]) throws -> Executable.Outcome {
    let retries = more.contains("--retries") ? [] : ["--retries", "0"]
    return try Executable("ps-fetch").run(
      arguments(name, retries + more), environment: ["PS_CLIENT_SECRET": Self.secret].merging(environment) { $1 })
  }
}

extension Executable.Outcome {
  /// The lines that are no records.
  var people: [String] { lines.filter { !$0.hasPrefix(#"{"kind":"#) } }

  /// The last line says that all is there, and how many.
  func isComplete(_ count: Int) -> Bool {
    lines.last == #"{"kind":"summary","stage":"ps-fetch","complete":true,"people":\#(count),"seconds":0}"#
  }

  /// The last line says that something is missing.
  func isIncomplete(_ count: Int) -> Bool {
    end == #"{"kind":"summary","stage":"ps-fetch","complete":false,"people":\#(count),"seconds":0}"#
  }
}
