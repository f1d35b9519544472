/// The toolkit's version; all executables share it.
public enum Version {
  public static let current = "0.1.0"
}
