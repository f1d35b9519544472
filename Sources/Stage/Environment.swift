import Glibc

/// The environment of the process. An empty variable counts as not set.
package enum Environment {
  package static func value(_ name: String) -> String? {
    // The process never changes its environment, so the pointer is valid while it is copied.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
