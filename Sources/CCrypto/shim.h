// SHA256_Init and its kin are called deprecated since OpenSSL 3, in favour of EVP, which loads providers: 2 MB and a
// millisecond more for the same code. Linked statically (see the module map), they need no library at run time at all.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
