// Reads a response of the API store and writes its people, one a line, while it arrives. All of it is written by hand, so
// it shows how fast ps-fetch could be.
//
// It does to people what ps-fetch does: it checks the JSON of each (grammar, escapes, control characters, but not UTF-8),
// refuses one that has a member "kind", and removes tabs and line breaks between tokens. Its memory grows with the longest person only.
// A response is [...], {"records": [...]} or {"records": {"record": [...]}}; other members are skipped.
//
// usage: split_envelope [FILE]

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <immintrin.h>
#include <string_view>
#include <unistd.h>
#include <vector>

using std::string_view;

[[noreturn]] static void fail(const char *what) {
  std::fprintf(stderr, "split_envelope: %s\n", what);
  std::exit(65);
}

// Thrown when a value continues beyond the bytes read so far.
struct NeedsMore {};

// Walks over JSON values in memory, and checks them.
class Scanner {
  const char *end = nullptr;
  bool has_breaks = false, has_kind = false;

public:
  const char *next = nullptr;

  void reset(const char *from, const char *to) { next = from, end = to, has_breaks = has_kind = false; }

  // Whether there was a tab or a line break since reset().
  bool saw_breaks() const { return has_breaks; }
  bool saw_kind() const { return has_kind; }

  char peek() {
    for (; next < end; next++) {
      if ((unsigned char)*next > ' ') return *next;
      if (*next == '\n' || *next == '\r' || *next == '\t')
        has_breaks = true;
      else if (*next != ' ')
        fail("malformed JSON");
    }
    throw NeedsMore();
  }

  void expect(char byte) {
    if (peek() != byte) fail("malformed JSON");
    next++;
  }

  bool accept(char byte) {
    if (peek() != byte) return false;
    next++;
    return true;
  }

  // The text between the quotes, with its escapes.
  string_view string() {
    expect('"');
    const char *start = next;
    for (;;) {
      skip_plain();
      if (next == end) throw NeedsMore();
      if (*next == '"') return string_view(start, next++ - start);
      if (*next != '\\') fail("a control character in a string");
      skip_escape();
    }
  }

  void value(int depth = 0) {
    switch (peek()) {
    case '{': return object(depth);
    case '[': return array(depth);
    case '"': string(); return;
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: return number();
    }
  }

private:
  // To the next quote, backslash or control character, or to the end.
  void skip_plain() {
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (; end - next >= 16; next += 16) {
      __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(next));
      __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
      found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
      if (int mask = _mm_movemask_epi8(found)) {
        next += __builtin_ctz(mask);
        return;
      }
    }
    while (next < end && *next != '"' && *next != '\\' && (unsigned char)*next >= ' ') next++;
  }

  void skip_escape() {
    if (end - next < 2) throw NeedsMore();
    if (next[1] != 'u') {
      if (!std::strchr("\"\\/bfnrt", next[1]) || !next[1]) fail("malformed escape");
      next += 2;
      return;
    }
    if (end - next < 6) throw NeedsMore();
    for (int digit = 2; digit < 6; digit++)
      if (!std::isxdigit((unsigned char)next[digit])) fail("malformed escape");
    next += 6;
  }

  void object(int depth) {
    if (depth > 64) fail("nested too deeply");
    expect('{');
    if (accept('}')) return;
    do {
      if (string() == "kind" && depth == 0) has_kind = true;
      expect(':');
      value(depth + 1);
    } while (accept(','));
    expect('}');
  }

  void array(int depth) {
    if (depth > 64) fail("nested too deeply");
    expect('[');
    if (accept(']')) return;
    do value(depth + 1);
    while (accept(','));
    expect(']');
  }

  void literal(string_view text) {
    if (end - next < (ptrdiff_t)text.size()) throw NeedsMore();
    if (std::memcmp(next, text.data(), text.size())) fail("malformed JSON");
    next += text.size();
  }

  bool digits() {
    const char *start = next;
    while (next < end && *next >= '0' && *next <= '9') next++;
    return next > start;
  }

  void number() {
    if (*next == '-') next++;
    const char *start = next;
    bool is_sound = digits() && (*start != '0' || next - start == 1);
    if (next < end && *next == '.') next++, is_sound = digits() && is_sound;
    if (next < end && (*next == 'e' || *next == 'E')) {
      next++;
      if (next < end && (*next == '+' || *next == '-')) next++;
      is_sound = digits() && is_sound;
    }
    if (next == end) throw NeedsMore();
    if (!is_sound) fail("malformed number");
  }
};

class Splitter {
  std::vector<char> buffer = std::vector<char>(256 * 1024), output = std::vector<char>(256 * 1024);
  size_t used = 0, filled = 0, pending = 0;
  int file;
  Scanner scanner;

  // Moves the unused bytes to the front and reads more; false at the end of the file.
  bool read_more() {
    std::memmove(buffer.data(), buffer.data() + used, filled - used);
    filled -= used;
    used = 0;
    if (filled == buffer.size()) buffer.resize(buffer.size() * 2);
    ssize_t count = read(file, buffer.data() + filled, buffer.size() - filled);
    if (count < 0) fail("cannot read");
    filled += count;
    return count > 0;
  }

  // Does one step of the grammar; if bytes are missing, reads more and repeats the step.
  template <typename Step> auto take(Step step) {
    for (;;) {
      scanner.reset(buffer.data() + used, buffer.data() + filled);
      try {
        auto result = step();
        used = scanner.next - buffer.data();
        return result;
      } catch (NeedsMore) {
        if (!read_more()) fail("the response ends early");
      }
    }
  }

  bool take(char byte) {
    return take([&] { return scanner.accept(byte); });
  }

  void expect(char byte) {
    if (!take(byte)) fail("malformed JSON");
  }

  void flush() {
    for (size_t written = 0; written < pending;) {
      ssize_t count = write(STDOUT_FILENO, output.data() + written, pending - written);
      if (count < 0) fail("cannot write");
      written += count;
    }
    pending = 0;
  }

  void put(string_view person, bool has_breaks) {
    if (person.size() + 1 > output.size() - pending) flush();
    if (person.size() + 1 > output.size()) output.resize(person.size() + 1);
    char *target = output.data() + pending;
    if (has_breaks)  // between tokens: strings have none
      for (char byte : person) {
        if (byte != '\n' && byte != '\r' && byte != '\t') *target++ = byte;
      }
    else
      target = static_cast<char *>(std::memcpy(target, person.data(), person.size())) + person.size();
    *target++ = '\n';
    pending = target - output.data();
  }

  void expect_end() {
    do {
      for (; used < filled; used++)
        if (!std::strchr(" \t\r\n", buffer[used]) || !buffer[used]) fail("bytes after the end");
    } while (read_more());
  }

  // The people of a list whose bracket has been taken.
  void split_list() {
    if (take(']')) return;
    do take([&] {
      scanner.peek();
      const char *start = scanner.next;
      scanner.reset(start, buffer.data() + filled);
      scanner.value();
      if (scanner.saw_kind()) fail("a person with a member \"kind\"");
      put(string_view(start, scanner.next - start), scanner.saw_breaks());
      return true;
    });
    while (take(','));
    expect(']');
  }

  // The members of an object whose brace has been taken; people are under `name`.
  void split_object(string_view name) {
    bool is_found = false;
    do {
      bool is_people = take([&] { return scanner.string() == name; });
      expect(':');
      if (!is_people)
        take([&] { return scanner.value(), true; });
      else if (is_found = true; take('['))
        split_list();
      else if (name == "records" && take('{'))
        split_object("record");
      else
        fail("people were expected");
    } while (take(','));
    expect('}');
    if (!is_found) fail("no people in the response");
  }

public:
  explicit Splitter(int file) : file(file) {}

  void run() {
    if (take('['))
      split_list();
    else if (take('{'))
      split_object("records");
    else
      fail("no people in the response");
    expect_end();
    flush();
  }
};

int main(int count, char **arguments) {
  int file = count > 1 ? open(arguments[1], O_RDONLY) : STDIN_FILENO;
  if (file < 0) fail("cannot open the response");
  fcntl(file, F_SETPIPE_SZ, 1 << 20);  // fails for what is not a pipe
  Splitter(file).run();
}
