import Dispatch
import Synchronization

/// Work of Swift's concurrency, for whose end a thread can wait.
final class Awaited<Value: Sendable>: Sendable {
  private let end: End
  private let task: Task<Void, Never>

  private final class End: Sendable {
    let signal = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
  }

  init(_ work: @escaping @Sendable () async throws -> Value) {
    let end = End()
    self.end = end
    task = Task.detached {
      let result: Result<Value, any Error>
      do { result = .success(try await work()) } catch { result = .failure(error) }
      end.result.withLock { $0 = result }
      end.signal.signal()
    }
  }

  /// - Returns: nil where the work did not end in time.
  func result(within seconds: Int) -> Result<Value, any Error>? {
    guard end.signal.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
    // For whoever waits next.
    end.signal.signal()
    return end.result.withLock { $0 }
  }

  func cancel() { task.cancel() }
}
