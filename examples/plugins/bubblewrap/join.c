/* join PID UID GID GROUPS FOLDER ARGV...: runs ARGV in the namespaces of PID, or, with PID 0, right
   here. GROUPS is "5,7" or "-". Signals to our group reach the command alone: we wait for it and
   end as it did. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  _exit(125);
}

static void enter(const char *pid) {
  const char *names[] = {"net", "ipc", "uts", "pid", "mnt"};
  int fds[5];
  char path[64];
  size_t i;
  for (i = 0; i < 5; i++) {
    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, names[i]);
    fds[i] = open(path, O_RDONLY | O_CLOEXEC);
    if (fds[i] < 0) fail("the sandbox is gone");
  }
  snprintf(path, sizeof path, "/proc/%s/root", pid);
  {
    const int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail("the sandbox has no root");
    for (i = 0; i < 5; i++) {
      if (setns(fds[i], 0) != 0) fail("cannot join the sandbox");
    }
    if (fchdir(root) != 0 || chroot(".") != 0) fail("cannot enter its root");
  }
}

/* Those that the sandbox itself has: the list of sandbox.cpp. */
static const int kept[] = {CAP_CHOWN,      CAP_DAC_OVERRIDE, CAP_FOWNER,           CAP_FSETID,
                           CAP_KILL,       CAP_MKNOD,        CAP_NET_BIND_SERVICE, CAP_SETFCAP,
                           CAP_SETGID,     CAP_SETPCAP,      CAP_SETUID,           CAP_SYS_CHROOT,
                           CAP_AUDIT_WRITE};

/* What is out of the bounding set is gone with the exec that follows. */
static void drop_capabilities(void) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  int number;
  int there;
  for (number = 0; (there = prctl(PR_CAPBSET_READ, number, 0, 0, 0)) >= 0; number++) {
    size_t i = 0;
    while (i < sizeof kept / sizeof *kept && kept[i] != number) i++;
    if (i < sizeof kept / sizeof *kept || there == 0) continue;
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) fail("cannot drop capabilities");
  }
  /* Inherited ones would pass it by. */
  if (syscall(SYS_capget, &head, data) != 0) fail("cannot read capabilities");
  data[0].inheritable = 0;
  data[1].inheritable = 0;
  if (syscall(SYS_capset, &head, data) != 0) fail("cannot drop capabilities");
}

static void become(char **argv) {
  gid_t groups[64];
  size_t count = 0;
  char *word = strtok(argv[4], ",");
  for (; word != NULL && strcmp(word, "-") != 0 && count < 64; word = strtok(NULL, ",")) {
    groups[count++] = (gid_t)atoi(word);
  }
  drop_capabilities();
  if (setgroups(count, groups) != 0 || setgid((gid_t)atoi(argv[3])) != 0 ||
      setuid((uid_t)atoi(argv[2])) != 0) {
    fail("cannot become the user");
  }
  if (chdir(argv[5]) != 0) {
    fprintf(stderr, "chdir to \"%s\": %s\n", argv[5], strerror(errno));
    _exit(126);
  }
  execvp(argv[6], argv + 6);
  fprintf(stderr, "exec: \"%s\": %s\n", argv[6], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

int main(int argc, char **argv) {
  int status = 0;
  int number;
  pid_t child;
  if (argc < 7) return 125;
  if (strcmp(argv[1], "0") == 0) become(argv);
  enter(argv[1]);
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(argv);
  for (number = 1; number < 32; number++) {
    if (number != SIGCHLD) signal(number, SIG_IGN);
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
