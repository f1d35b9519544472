import CCurl

/// Transfers in which client and server exchange lines, as in SMTP.
extension CurlHandle {
  /// The side that sent a line.
  package enum Speaker: Sendable {
    case client, server
  }

  /// Makes the transfer, and reports the lines of both sides.
  /// - Parameters:
  ///   - bytes: the body to send: CURLOPT_READFUNCTION.
  ///   - listen: called with each command and each line of the replies: CURLOPT_DEBUGFUNCTION. Passwords are among them.
  /// - Throws: `CurlError` or `MemoryError`.
  package mutating func perform(sending bytes: [UInt8], listen: (Speaker, String) -> Void) throws {
    try withoutActuallyEscaping(listen) { listen in
      let dialogue = DialogueContext(bytes, listen)
      let context = unsafe Unmanaged.passUnretained(dialogue).toOpaque()
      note(unsafe curl_set_reader(handle, DialogueContext.read, context))
      note(unsafe curl_set_listener(handle, DialogueContext.hear, context))
      set(CURLOPT_VERBOSE, true)
      // libcurl sends QUIT when the handle is freed, after the life of `dialogue`.
      defer {
        set(CURLOPT_VERBOSE, false)
        unsafe curl_set_listener(handle, nil, nil)
      }
      try withExtendedLifetime(dialogue) { try perform { _ in } }
    }
  }
}

/// The context of the callbacks of one transfer.
private final class DialogueContext {
  private let bytes: [UInt8]
  private var sent = 0
  private let listen: (CurlHandle.Speaker, String) -> Void

  init(_ bytes: [UInt8], _ listen: @escaping (CurlHandle.Speaker, String) -> Void) {
    self.bytes = bytes
    self.listen = listen
  }

  static let read: curl_read_callback = { buffer, size, count, context in
    guard let buffer = unsafe buffer, let context = unsafe context else { return 0 }
    let dialogue = unsafe Unmanaged<DialogueContext>.fromOpaque(context).takeUnretainedValue()
    let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    let piece = dialogue.bytes[dialogue.sent...].prefix(room.count)
    unsafe room.copyBytes(from: piece)
    dialogue.sent += piece.count
    return piece.count
  }

  static let hear: curl_debug_callback = { _, kind, text, count, context in
    guard let text = unsafe text, let context = unsafe context else { return 0 }
    let speaker: CurlHandle.Speaker
    switch kind {
    case CURLINFO_HEADER_OUT: speaker = .client
    case CURLINFO_HEADER_IN: speaker = .server
    default: return 0
    }
    let dialogue = unsafe Unmanaged<DialogueContext>.fromOpaque(context).takeUnretainedValue()
    let line = unsafe UnsafeRawBufferPointer(start: text, count: count)
    dialogue.listen(speaker, unsafe String(decoding: line, as: UTF8.self))
    return 0
  }
}
