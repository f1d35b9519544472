import Glibc
package import StageErrors

/// How temporary failures are retried.
package struct RetryLimits: Sendable {
  /// The maximum number of retries.
  package var retries: Int
  /// No retry is begun later than this many seconds after the first try.
  package var maxTime: Int

  package init(retries: Int, maxTime: Int) {
    self.retries = retries
    self.maxTime = maxTime
  }
}

/// The tries of one piece of work: counts them, and pauses between them, longer each time.
package struct Retries: Sendable {
  private let limits: RetryLimits
  private let diagnostics: Diagnostics
  private let start = ContinuousClock.now
  private var failures = 0

  package init(_ limits: RetryLimits, _ diagnostics: Diagnostics) {
    self.limits = limits
    self.diagnostics = diagnostics
  }

  /// Does the work, and repeats it while it fails with a status of `temporary` and there are retries left.
  package mutating func run<Success>(_ work: () throws -> Success) throws -> Success {
    while true {
      do { return try work() } catch let error as any StageError where error.exitStatus == .temporary {
        try pause(after: error)
      }
    }
  }

  /// Waits until the next try, and as long as the error's `retryAfter` asks for. Says so with `--verbose` or on a
  /// terminal.
  /// - Parameter error: why the last try failed.
  /// - Throws: if the retries are used up.
  package mutating func pause(after error: any StageError) throws(RetriesExhausted) {
    failures += 1
    let passed = start.duration(to: .now)
    let pause = max(Self.pause(after: failures), error.retryAfter ?? .zero)
    guard failures <= limits.retries, passed + pause <= .seconds(limits.maxTime) else {
      throw RetriesExhausted(cause: error, tries: failures, passed: passed)
    }
    if diagnostics.isVerbose || Diagnostics.isTerminal {
      diagnostics.report("\(error); try \(failures + 1) of \(limits.retries + 1) in \(Self.seconds(pause)) s")
    }
    Self.sleep(pause)
  }

  /// One second, doubled with each failure up to 32, less a random part of at most a half, so that clients do not retry
  /// in step.
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

/// The retries are used up. Exit status 75.
package struct RetriesExhausted: StageError {
  /// Why the last try failed.
  package let cause: any StageError
  let tries: Int
  let passed: Duration

  package var exitStatus: ExitStatus { .temporary }

  package var description: String {
    let count = tries == 1 ? "tried once" : "tried \(tries) times in \(Retries.seconds(passed)) s"
    let asked = cause.retryAfter.map { "; the server asks to wait \(Retries.seconds($0)) s" } ?? ""
    return "\(cause) (\(count)\(asked))"
  }
}
