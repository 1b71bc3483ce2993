/* Has something to do with its core when it ends: asks the host, and says so. Where FAIRLEAD_TEST_GOODBYE names a file,
 * that is made last; without an answer it takes its time until then. */
#include "raw_plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

static void no_event(const fairlead_call *call, fairlead_str event) {
  (void)call;
  (void)event;
}

static void answered(const fairlead_call *call, fairlead_status status, fairlead_str body, const int32_t *fds,
                     size_t fd_count) {
  const char ok = status == FAIRLEAD_OK ? 'y' : 'n';
  (void)body;
  (void)fds;
  (void)fd_count;
  if (write(*(const int *)call->owner, &ok, 1) != 1) return;
}

static void goodbye(void *self) {
  const fairlead_core *core = self;
  const fairlead_service service = core->service(core, FAIRLEAD_HOST_V1);
  const fairlead_host *host = service.table;
  int ends[2];
  char ok = 'n';
  if (host == NULL || pipe(ends) != 0) return;
  const fairlead_call call = {sizeof call, -1, NULL, 0, &ends[1], no_event, answered};
  host->describe(service.self, text("{}"), &call);
  struct pollfd ready = {ends[0], POLLIN, 0};
  if (poll(&ready, 1, 20000) > 0 && read(ends[0], &ok, 1) == 1 && ok == 'y') {
    core->log(core, FAIRLEAD_INFO, text("goodbye, host"));
  } else {
    poll(NULL, 0, 300);
    core->log(core, FAIRLEAD_INFO, text("goodbye, nobody"));
  }
  const char *file = getenv("FAIRLEAD_TEST_GOODBYE");
  if (file != NULL) close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  (void)request;
  answer(call, "{\"engine\":\"polite\"}");
}
static const fairlead_backend raw_backend = {.size = sizeof raw_backend, .probe = probe};
#define raw_destroy goodbye
RAW_PLUGIN("says_goodbye");
