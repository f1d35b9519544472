import Glibc
import SystemPackage

/// Proves a document while it is packed: it takes the blocks, and returns how many users are in them or throws.
///
/// It runs in a thread of its own.
public typealias Proof = @Sendable (_ path: String, _ blocks: BlockQueue) throws -> Int

/// A thread that reads along.
@safe
struct Witness: ~Copyable {
  private let thread: pthread_t
  private let testimony: Testimony

  /// Starts the thread.
  init(_ proof: @escaping Proof, of path: String, _ blocks: BlockQueue) throws(ZipError) {
    testimony = Testimony {
      // Whatever becomes of it, the reader must not wait for it.
      defer { blocks.endWitness() }
      return try proof(path, blocks)
    }
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(testimony)
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        unsafe Unmanaged<Testimony>.fromOpaque(context!).takeRetainedValue().give()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      unsafe context.release()
      throw ZipError.noThread(Errno(rawValue: result))
    }
    self.thread = thread
  }

  /// Waits for the thread's end.
  consuming func join() -> Result<Int, any Error> {
    pthread_join(thread, nil)
    return testimony.result
  }
}

/// What the thread does, and what it has found. Written before the thread ends, read after it has been joined.
private final class Testimony: @unchecked Sendable {
  private let body: () throws -> Int
  private(set) var result: Result<Int, any Error> = .success(0)

  init(_ body: @escaping () throws -> Int) { self.body = body }

  func give() { result = Result(catching: body) }
}
