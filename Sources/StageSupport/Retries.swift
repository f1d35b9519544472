public import ArgumentParser
import Glibc

/// How often, and how long in all, what fails for the moment is tried again.
public struct RetryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Try again at most this many times what fails for the moment.", valueName: "times"))
  public var retries = 4

  @Option(help: ArgumentHelp("Do not try again when this many seconds have passed.", valueName: "seconds"))
  public var retryMaxTime = 60

  public init() {}

  public func validate() throws {
    guard (0...1000).contains(retries) else { throw ValidationError("--retries is a number from 0 to 1000") }
    guard (0...86_400).contains(retryMaxTime) else {
      throw ValidationError("--retry-max-time is a number of seconds from 0 to 86400")
    }
  }

  /// The settings among them, for the list of a stage that has them.
  public static let settings: [Setting] = [.option("retries"), .option("retry-max-time")]
}

/// The tries of one piece of work: counts them, and pauses between them, longer each time.
public struct Retries: Sendable {
  private let most: Int
  private let maxTime: Duration
  private let diagnostics: Diagnostics
  private let start = ContinuousClock.now
  private var failures = 0

  public init(_ options: RetryOptions, _ diagnostics: Diagnostics) {
    most = options.retries
    maxTime = .seconds(options.retryMaxTime)
    self.diagnostics = diagnostics
  }

  /// Does the work, again and again while it fails with a status of `temporary`.
  public mutating func run<Success>(_ work: () throws -> Success) throws -> Success {
    while true {
      do { return try work() } catch let error as any StageError where error.exitStatus == .temporary {
        try pause(after: error)
      }
    }
  }

  /// Waits until the next try is due, and as long as the error's `retryAfter` asks for. Says so with `-v` and on a terminal.
  /// - Parameter error: why the last try failed.
  /// - Throws: if there is no next try.
  public mutating func pause(after error: any StageError) throws(RetriesExhausted) {
    failures += 1
    let passed = start.duration(to: .now)
    let pause = max(Self.pause(after: failures), error.retryAfter ?? .zero)
    guard failures <= most, passed + pause <= maxTime else {
      throw RetriesExhausted(cause: error, tries: failures, passed: passed)
    }
    if diagnostics.isVerbose || Diagnostics.isTerminal {
      diagnostics.report("\(error); try \(failures + 1) of \(most + 1) in \(Self.seconds(pause)) s")
    }
    Self.sleep(pause)
  }

  /// A second, doubled with each failure, up to half of it taken away by chance: many clients must not come back at one moment.
  private static func pause(after failures: Int) -> Duration {
    .seconds(Double(1 << min(failures - 1, 5)) * Double.random(in: 0.5...1))
  }

  private static func sleep(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while case let left = ContinuousClock.now.duration(to: end).components, left.seconds > 0 || left.attoseconds > 0 {
      var rest = timespec(tv_sec: Int(left.seconds), tv_nsec: Int(left.attoseconds / 1_000_000_000))
      unsafe nanosleep(&rest, nil)
    }
  }

  static func seconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
  }
}

/// What failed for the moment has failed as often, or as long, as it may.
public struct RetriesExhausted: StageError {
  /// Why the last try failed.
  public let cause: any StageError
  let tries: Int
  let passed: Duration

  public var exitStatus: ExitStatus { .temporary }

  public var description: String {
    let count = tries == 1 ? "tried once" : "tried \(tries) times in \(Retries.seconds(passed)) s"
    let asked = cause.retryAfter.map { "; the other side asks to wait \(Retries.seconds($0)) s" } ?? ""
    return "\(cause) (\(count)\(asked))"
  }
}
