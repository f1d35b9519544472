// libarchive and libcurl load this library anyway. libcrypto is 8 % faster, and takes 0.7 ms and 1.7 MB more at every start.
#include <nettle/sha2.h>
