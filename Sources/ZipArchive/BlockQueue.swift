import Glibc
import SystemPackage

/// A bounded queue of the blocks of a file, which one thread reads and another checks.
///
/// The blocks are reused, so the reader waits if the consumer is slower, and the consumer waits for the reader. Either
/// can end the queue, and the other then stops waiting.
@safe
package final class BlockQueue: @unchecked Sendable {
  // All state that both threads use is guarded by the mutex, except the bytes of a block: the reader writes them before
  // it adds the block to the queue, and not again before the consumer has released it.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let bytes: UnsafeMutableRawBufferPointer
  private let blockSize: Int
  private var counts: [Int]
  private var added = 0
  private var released = 0
  private var hasReaderEnded = false
  private var hasConsumerEnded = false

  /// Creates an empty queue; `blockSize` is in bytes.
  init(blocks: Int = 12, blockSize: Int = 64 << 10) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
    unsafe bytes = .allocate(byteCount: blocks * blockSize, alignment: 4096)
    self.blockSize = blockSize
    counts = Array(repeating: 0, count: blocks)
  }

  /// Reads the next block of a file, adds it to the queue, and lends it to the body.
  /// - Returns: the number of its bytes; 0 at the end of the file, nil if the consumer has ended.
  func read(_ file: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int? {
    guard let index = waitForFreeBlock() else { return nil }
    let block = unsafe block(index)
    let count = try unsafe file.read(into: block)
    if count == 0 { return 0 }
    synchronized {
      counts[index] = count
      added += 1
    }
    try unsafe body(UnsafeRawBufferPointer(rebasing: block[..<count]))
    return count
  }

  /// Ends the queue: the consumer gets no more blocks.
  func endReading() { synchronized { hasReaderEnded = true } }

  /// Waits for the next block and lends it to the body. For the consumer.
  /// - Returns: false if there are no more blocks.
  package func next<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard let (index, count) = waitForBlock() else { return false }
    let block = unsafe UnsafeBufferPointer(
      start: block(index).baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    try unsafe body(block.span)
    synchronized { released += 1 }
    return true
  }

  /// Stops the reader: the consumer takes no more blocks.
  func endConsuming() { synchronized { hasConsumerEnded = true } }

  private func waitForFreeBlock() -> Int? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while added - released == counts.count, !hasConsumerEnded { unsafe pthread_cond_wait(changed, mutex) }
    return hasConsumerEnded ? nil : added % counts.count
  }

  private func waitForBlock() -> (index: Int, count: Int)? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while added == released, !hasReaderEnded { unsafe pthread_cond_wait(changed, mutex) }
    if added == released { return nil }
    let index = released % counts.count
    return (index, counts[index])
  }

  private func synchronized(_ change: () -> Void) {
    unsafe pthread_mutex_lock(mutex)
    change()
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  private func block(_ index: Int) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[index * blockSize..<(index + 1) * blockSize])
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
    unsafe bytes.deallocate()
  }
}
