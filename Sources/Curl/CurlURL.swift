public import CCurl

/// A URL taken apart by libcurl, so that what is judged here is what libcurl will connect to.
@safe public struct CurlURL: ~Copyable {
  private let url: OpaquePointer

  /// - Returns: nil where the text is no URL with a scheme and a host.
  public init?(_ text: String) {
    guard let url = unsafe curl_url() else { return nil }
    guard unsafe curl_url_set(url, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK else {
      unsafe curl_url_cleanup(url)
      return nil
    }
    unsafe self.url = url
  }

  deinit { unsafe curl_url_cleanup(url) }

  /// A part as it is written, or nil; of the port the scheme's own where none is given.
  public subscript(part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(url, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text = unsafe text
    else { return nil }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
  }
}
