public import CCurl

/// A handle of libcurl's easy interface: settings, and the connections that its transfers share.
///
/// Options that libcurl does not take are kept, and fail the next transfer.
@safe public struct CurlHandle: ~Copyable {
  let handle: UnsafeMutableRawPointer
  /// CURLOPT_ERRORBUFFER: where libcurl says in words what went wrong.
  private let message: UnsafeMutablePointer<CChar>
  private var refused: CURLcode?

  public init() throws(CurlError) {
    guard let handle = unsafe curl_easy_init() else { throw CurlError(CURLE_OUT_OF_MEMORY, "") }
    unsafe self.handle = handle
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    note(unsafe curl_set_error_buffer(handle, message))
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe message.deallocate()
  }

  /// Forgets all options, and keeps the connections: curl_easy_reset(3).
  public mutating func reset() {
    unsafe curl_easy_reset(handle)
    refused = nil
    note(unsafe curl_set_error_buffer(handle, message))
  }

  public mutating func set(_ option: CURLoption, _ value: Int) {
    note(unsafe curl_set_number(handle, option, value))
  }

  /// The same for those numbers that are a `curl_off_t`.
  public mutating func set(_ option: CURLoption, offset value: Int) {
    note(unsafe curl_set_offset(handle, option, curl_off_t(value)))
  }

  public mutating func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

  public mutating func set(_ option: CURLoption, _ value: String) {
    note(unsafe curl_set_text(handle, option, value))
  }

  /// The list has to live until the transfer is over.
  public mutating func set(_ option: CURLoption, _ list: borrowing CurlList) {
    note(unsafe curl_set_list(handle, option, list.first))
  }

  mutating func note(_ code: CURLcode) {
    if code != CURLE_OK { refused = refused ?? code }
  }

  /// Makes the transfer: curl_easy_perform(3).
  /// - Parameter take: called with each piece of the body. While it does not return, nothing more is read. What it throws ends
  ///   the transfer.
  public func perform(_ take: (Span<UInt8>) throws -> Void) throws {
    if let refused { throw CurlError(refused, "") }
    try withoutActuallyEscaping(take) { take in
      let receiver = Receiver(take)
      let code = withExtendedLifetime(receiver) {
        unsafe message[0] = 0
        let code = unsafe curl_set_writer(handle, Receiver.write, Unmanaged.passUnretained(receiver).toOpaque())
        return code == CURLE_OK ? unsafe curl_easy_perform(handle) : code
      }
      if let error = receiver.error { throw error }
      if code != CURLE_OK { throw CurlError(code, unsafe String(cString: message)) }
    }
  }

  /// A number that curl_easy_getinfo(3) knows of the last transfer, or of the one under way; 0 where it does not.
  public func number(_ info: CURLINFO) -> Int {
    var value = 0
    unsafe curl_get_number(handle, info, &value)
    return value
  }

  /// The same for those numbers that are a `curl_off_t`.
  public func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    unsafe curl_get_offset(handle, info, &value)
    return value
  }

  /// The same for text.
  public func text(_ info: CURLINFO) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard unsafe curl_get_text(handle, info, &value) == CURLE_OK, let text = unsafe value else { return nil }
    return unsafe String(cString: text)
  }

  /// A header of the response: curl_easy_header(3). Of several with the name, the first.
  public func header(_ name: String) -> String? { header(name, 0) }

  /// All headers of that name, in their order.
  public func headers(_ name: String) -> [String] {
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

/// Receives the pieces of a body on behalf of one call of `perform`.
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
