import CCurl

/// A list of lines for libcurl: `curl_slist`.
@safe public struct CurlList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  public init(_ lines: [String]) {
    unsafe first = nil
    for line in lines {
      // Without memory the list stays as it was.
      if let longer = unsafe curl_slist_append(first, line) { unsafe first = longer }
    }
  }

  deinit { unsafe curl_slist_free_all(first) }
}
