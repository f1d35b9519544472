import Glibc

/// The environment that the process was started with. A variable that is empty counts as not set.
public enum Environment {
  public static func value(_ name: String) -> String? {
    // The process never changes its environment, so the pointer stays good while it is copied.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
