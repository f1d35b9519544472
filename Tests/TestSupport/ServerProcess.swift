import Foundation

/// A server that a test has started, stopped with the test.
public final class ServerProcess {
  private let command: [String]
  public let identifier: pid_t

  /// Not by Foundation's `Process`: that lets every child inherit what is open for the others, so that a server, which
  /// lives on, would keep their pipes open, and whoever waits for their end would wait for ever.
  public init(_ command: [String]) throws {
    self.command = command
    let closing =
      "for file in /proc/$$/fd/*; do file=${file##*/}; if ((file > 2)); then eval \"exec $file>&-\"; fi; done"
    let quiet = "exec </dev/null >/dev/null 2>&1"
    let words = ["/bin/bash", "-c", "\(quiet); \(closing); exec \"$@\"", "bash"] + command
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var identifier: pid_t = 0
    // The threads that tests run on have signals blocked, which a child would inherit.
    var attributes = posix_spawnattr_t()
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    posix_spawnattr_setsigmask(&attributes, &none)
    defer { posix_spawnattr_destroy(&attributes) }
    guard posix_spawn(&identifier, words[0], nil, &attributes, &arguments, environ) == 0 else {
      throw ServerDidNotStart(command: command)
    }
    self.identifier = identifier
  }

  deinit {
    kill(identifier, SIGTERM)
    waitpid(identifier, nil, 0)
  }

  /// Waits until it is ready.
  public func wait(until isReady: () -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 20)
    while !isReady() {
      var status: Int32 = 0
      guard waitpid(identifier, &status, WNOHANG) == 0, Date() < end else { throw ServerDidNotStart(command: command) }
      usleep(5000)
    }
  }
}

struct ServerDidNotStart: Error {
  let command: [String]
}
