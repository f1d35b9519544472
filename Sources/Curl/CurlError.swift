package import CCurl
package import StageErrors

/// A failed transfer of libcurl. (Lack of memory is a `MemoryError`.)
package struct CurlError: StageError, Equatable {
  /// The cause of a failure. About a hundred codes of libcurl are mapped to these.
  package enum Cause: Sendable {
    /// No such host, or no connection to it or to its proxy.
    case unreachable
    /// No connection, or no data, within the timeouts.
    case timedOut
    /// The response ended before the length that the server had announced.
    case endsEarly
    /// The connection ended or broke, in the TLS handshake too.
    case interrupted
    /// The server's certificate is not trusted, or is for another host.
    case untrusted
    /// The file of trusted certificates cannot be used.
    case badCAFile
    /// Client and server have no TLS version or cipher in common.
    case handshakeFailed
    /// The server does not offer the encryption that is required.
    case noEncryption
    /// The server does not accept the login, or none of the ways to log in.
    case loginDenied
    /// The URL cannot be used.
    case badURL
    /// libcurl lacks an option or a feature that is used.
    case unsupported
    /// A reply that libcurl does not understand.
    case protocolError
  }

  package let cause: Cause
  /// The message of libcurl.
  package let description: String

  /// - Parameter message: from CURLOPT_ERRORBUFFER. If it is empty, the description is that of the code.
  package init(_ code: CURLcode, _ message: String) {
    // curl_easy_strerror(3) returns constants.
    description = message.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : message
    cause = Self.cause(of: code, description)
  }

  private static func cause(of code: CURLcode, _ message: String) -> Cause {
    switch code {
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PROXY: .unreachable
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PARTIAL_FILE: .endsEarly
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM: .interrupted
    // An error of OpenSSL's own, which is the same on each attempt, unless it is that the connection ended.
    case CURLE_SSL_CONNECT_ERROR:
      message.contains("SSL routines") && !message.contains("unexpected eof") ? .handshakeFailed : .interrupted
    case CURLE_PEER_FAILED_VERIFICATION: .untrusted
    case CURLE_SSL_CACERT_BADFILE: .badCAFile
    case CURLE_USE_SSL_FAILED: .noEncryption
    case CURLE_LOGIN_DENIED: .loginDenied
    case CURLE_URL_MALFORMAT: .badURL
    case CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT: .unsupported
    default: .protocolError
    }
  }

  package var exitStatus: ExitStatus {
    switch cause {
    case .unreachable, .timedOut, .endsEarly, .interrupted: .temporary
    case .untrusted, .loginDenied: .accessDenied
    case .badCAFile, .badURL: .configuration
    case .noEncryption: .refused
    case .unsupported: .internalFault
    case .handshakeFailed, .protocolError: .protocolViolation
    }
  }
}
