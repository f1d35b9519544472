/// The toolkit's version; all executables share it.
package enum Version {
  package static let current = "0.1.0"
}
