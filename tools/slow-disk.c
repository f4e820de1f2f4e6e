/* Makes every fsync and fdatasync of a program take longer, by the milliseconds of SLOW_DISK_MS.
 * For measuring: tools/slow-disk.sh builds it and has it loaded first. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slowly(const char *name, int file)
{
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int done = sync(file);
    const char *text = getenv("SLOW_DISK_MS");
    long milliseconds = text ? atol(text) : 0;
    struct timespec delay = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    while (nanosleep(&delay, &delay) != 0) {
    }
    return done;
}

int fsync(int file) { return slowly("fsync", file); }

int fdatasync(int file) { return slowly("fdatasync", file); }
