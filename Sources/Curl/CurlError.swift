public import CCurl

/// A transfer that failed, as libcurl tells it.
public struct CurlError: Error, Equatable, CustomStringConvertible {
  public let code: CURLcode
  public let description: String

  /// - Parameter message: from CURLOPT_ERRORBUFFER; where it is empty, the code's own words stand for it.
  public init(_ code: CURLcode, _ message: String) {
    self.code = code
    // curl_easy_strerror(3) returns constants.
    description = message.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : message
  }
}
