// Deflates a file to stdout with zlib, and nothing else: what any zip at this level has to pay.
//
// usage: deflate LEVEL FILE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { SIZE = 256 * 1024 };

static unsigned char input[SIZE], output[SIZE];

static void fail(const char *what) {
  fprintf(stderr, "deflate: %s\n", what);
  exit(74);
}

static void write_all(const unsigned char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    if (written < 0) fail("cannot write");
    bytes += written;
    count -= written;
  }
}

// Compresses what `stream` has been given, until all of it is taken.
static void deflate_all(z_stream *stream, int flush) {
  do {
    stream->next_out = output;
    stream->avail_out = SIZE;
    if (deflate(stream, flush) == Z_STREAM_ERROR) fail("zlib");
    write_all(output, SIZE - stream->avail_out);
  } while (stream->avail_out == 0);
}

int main(int count, char **arguments) {
  if (count != 3) fail("usage: deflate LEVEL FILE");
  int file = open(arguments[2], O_RDONLY);
  if (file < 0) fail("cannot open the file");
  z_stream stream = {0};
  if (deflateInit2(&stream, atoi(arguments[1]), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) fail("zlib");
  ssize_t length;
  while ((length = read(file, input, SIZE)) > 0) {
    stream.next_in = input;
    stream.avail_in = length;
    deflate_all(&stream, Z_NO_FLUSH);
  }
  if (length < 0) fail("cannot read");
  deflate_all(&stream, Z_FINISH);
  deflateEnd(&stream);
}
