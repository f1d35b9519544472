package import CCurl
package import StageErrors

/// A handle of libcurl's easy interface: options, and the connections that its transfers share.
///
/// The first option that libcurl rejects is thrown by the next `perform`.
@safe package struct CurlHandle: ~Copyable {
  let handle: UnsafeMutableRawPointer
  /// CURLOPT_ERRORBUFFER: libcurl's message for the last failure.
  private let message: UnsafeMutablePointer<CChar>
  private var rejected: CURLcode?

  /// Creates a handle: curl_easy_init(3), which initializes libcurl when it is first called.
  package init() throws(MemoryError) {
    guard let handle = unsafe curl_easy_init() else { throw MemoryError() }
    unsafe self.handle = handle
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    note(unsafe curl_set_error_buffer(handle, message))
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe message.deallocate()
  }

  /// Resets all options, and keeps the connections: curl_easy_reset(3).
  package mutating func reset() {
    unsafe curl_easy_reset(handle)
    rejected = nil
    note(unsafe curl_set_error_buffer(handle, message))
  }

  /// Sets an option that is a `long`: curl_easy_setopt(3).
  package mutating func set(_ option: CURLoption, _ value: Int) {
    note(unsafe curl_set_number(handle, option, value))
  }

  /// Sets an option that is a `curl_off_t`.
  package mutating func set(_ option: CURLoption, offset value: Int) {
    note(unsafe curl_set_offset(handle, option, curl_off_t(value)))
  }

  /// Sets an option that is switched on or off.
  package mutating func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

  /// Sets an option that is text, of which libcurl makes a copy.
  package mutating func set(_ option: CURLoption, _ value: String) {
    note(unsafe curl_set_text(handle, option, value))
  }

  /// Sets an option that is a list. The list must live until the transfer is over.
  package mutating func set(_ option: CURLoption, _ list: borrowing CurlList) {
    note(unsafe curl_set_list(handle, option, list.first))
  }

  mutating func note(_ code: CURLcode) {
    if code != CURLE_OK { rejected = rejected ?? code }
  }

  /// Makes the transfer: curl_easy_perform(3).
  /// - Parameter take: called with each piece of the body. Until it returns, nothing more is read. If it throws, the
  ///   transfer ends.
  /// - Throws: what `take` throws; else `CurlError` or `MemoryError`.
  package func perform(_ take: (Span<UInt8>) throws -> Void) throws {
    if let rejected { throw Self.error(rejected, "") }
    try withoutActuallyEscaping(take) { take in
      let receiver = Receiver(take)
      let code = withExtendedLifetime(receiver) {
        unsafe message[0] = 0
        let code = unsafe curl_set_writer(handle, Receiver.write, Unmanaged.passUnretained(receiver).toOpaque())
        return code == CURLE_OK ? unsafe curl_easy_perform(handle) : code
      }
      if let error = receiver.error { throw error }
      if code != CURLE_OK { throw Self.error(code, unsafe String(cString: message)) }
    }
  }

  private static func error(_ code: CURLcode, _ message: String) -> any StageError {
    code == CURLE_OUT_OF_MEMORY ? MemoryError() : CurlError(code, message)
  }

  /// A `long` about the last or current transfer: curl_easy_getinfo(3). 0 if it is not known.
  package func number(_ info: CURLINFO) -> Int {
    var value = 0
    unsafe curl_get_number(handle, info, &value)
    return value
  }

  /// A `curl_off_t` about the last or current transfer; 0 if it is not known.
  package func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    unsafe curl_get_offset(handle, info, &value)
    return value
  }

  /// A text about the last or current transfer; nil if it is not known.
  package func text(_ info: CURLINFO) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard unsafe curl_get_text(handle, info, &value) == CURLE_OK, let text = unsafe value else { return nil }
    return unsafe String(cString: text)
  }

  /// The values of all headers of a name in the response, in their order: curl_easy_header(3).
  package func headers(_ name: String) -> [String] {
    var values: [String] = []
    while let value = header(name, values.count) { values.append(value) }
    return values
  }

  private func header(_ name: String, _ index: Int) -> String? {
    var header: UnsafeMutablePointer<curl_header>?
    guard unsafe curl_easy_header(handle, name, index, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK else {
      return nil
    }
    return unsafe header.map { unsafe String(cString: $0.pointee.value) }
  }
}

/// The context of CURLOPT_WRITEFUNCTION in one call of `perform`.
private final class Receiver {
  private let take: (Span<UInt8>) throws -> Void
  private(set) var error: (any Error)?

  init(_ take: @escaping (Span<UInt8>) throws -> Void) { self.take = take }

  /// CURLOPT_WRITEFUNCTION: anything but the number of bytes ends the transfer.
  static let write: curl_write_callback = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    do {
      try unsafe receiver.take(Span(_unsafeBytes: piece))
      return size * count
    } catch {
      receiver.error = error
      return -1
    }
  }
}

/// A list of lines for libcurl: `curl_slist`.
@safe package struct CurlList: ~Copyable {
  fileprivate private(set) var first: UnsafeMutablePointer<curl_slist>?

  /// Creates a list with copies of the lines.
  package init(_ lines: [String]) throws(MemoryError) {
    unsafe first = nil
    for line in lines {
      guard let longer = unsafe curl_slist_append(first, line) else {
        unsafe curl_slist_free_all(first)
        throw MemoryError()
      }
      unsafe first = longer
    }
  }

  deinit { unsafe curl_slist_free_all(first) }
}
