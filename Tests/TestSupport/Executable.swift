import Foundation

/// One of the toolkit's executables as it was built, run as its users run it.
public struct Executable {
  public struct Outcome {
    public let status: Int32
    public let output: Data
    public let errors: String

    public var text: String { String(decoding: output, as: UTF8.self) }
    public var lines: [String] { text.split(separator: "\n").map(String.init) }
    /// The last line, a summary, without what it says of a failure.
    public var end: String? {
      lines.last?.replacing(#/,"error":"(?:[^"\\]|\\.)*","exit_status":\d+(?:,"limit":"[a-z-]+")?/#, with: "")
    }
    /// The error lines that the stage has written.
    public var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  public let path: String

  /// The filters, in the order of the pipe.
  public static let stages = [
    "ps-fetch", "patron-validate", "patron-to-xml", "feed-zip", "feed-push", "load-report", "notify-mail",
  ]

  public init(_ name: String) { path = Self.directory.appendingPathComponent(name).path }

  /// Any program, for tests in which one of ours is run by it.
  public init(program path: String) { self.path = path }

  /// Runs a line of bash with the executables in its PATH.
  public static func shell(
    _ script: String, environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Outcome {
    try Executable(program: "/bin/bash").run(["-c", script], environment: environment, in: directory)
  }

  /// The project's root.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Where the build has put the executables: beside the tests.
  public static let directory: URL =
    ProcessInfo.processInfo.environment["ALMA_PEOPLE_BINARIES"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// Runs it to its end.
  /// - Parameters:
  ///   - environment: added to a bare one, in which the time stands still.
  ///   - directory: where it runs.
  public func run(
    _ arguments: [String] = [], input: Data = Data(), environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Outcome {
    let process = try start(arguments, environment: environment, in: directory)
    let output = process.output.collect()
    let errors = process.errors.collect()
    process.write(input)
    process.process.waitUntilExit()
    let died = process.process.terminationReason == .uncaughtSignal
    return Outcome(
      status: process.process.terminationStatus + (died ? 128 : 0), output: output.wait(),
      errors: String(decoding: errors.wait(), as: UTF8.self))
  }

  /// Starts it, for tests that talk to it while it runs.
  public func start(
    _ arguments: [String] = [], environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = Self.bareEnvironment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = directory }
    let running = Running(process: process)
    try process.run()
    return running
  }

  /// 2026-11-22T00:45:00Z, and nothing of the tester's own settings.
  public static let bareEnvironment: [String: String] = [
    "SOURCE_DATE_EPOCH": "1795308300",
    "PATH": directory.path + ":" + root.path + "/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin",
    "HOME": NSTemporaryDirectory(),
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
  ]
}

/// A process that has been started.
public struct Running {
  public let process: Process
  public let input = Pipe()
  public let output = Collector()
  public let errors = Collector()

  init(process: Process) {
    self.process = process
    process.standardInput = input
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
  }

  /// Writes all its input and closes it. A process that does not read it to the end is none of the test's faults.
  public func write(_ bytes: Data) {
    signal(SIGPIPE, SIG_IGN)
    try? input.fileHandleForWriting.write(contentsOf: bytes)
    try? input.fileHandleForWriting.close()
  }
}

/// Reads a pipe to its end beside whatever the test does.
public final class Collector: @unchecked Sendable {
  public let pipe = Pipe()
  private let done = DispatchGroup()
  private var data = Data()

  public init() {}

  @discardableResult
  public func collect() -> Collector {
    DispatchQueue(label: "collector").async(group: done) { [self] in
      data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    }
    return self
  }

  public func wait() -> Data {
    done.wait()
    return data
  }
}
