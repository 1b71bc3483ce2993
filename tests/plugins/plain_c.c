/* A good plugin in plain C99, with nothing but the contract's header: answers at once, from a
   thread of its own, with a descriptor, with a failure, and when cancelled. */
#include "raw_plugin.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every operation begins so: descriptors without a use are closed, what is no object is refused. */
static int refused(fairlead_str request, const fairlead_call *call) {
  size_t i;
  for (i = 0; i < call->fd_count; i++) close(call->fds[i]);
  if (request.size >= 2 && request.data[0] == '{' && request.data[request.size - 1] == '}') return 0;
  call->done(call, FAIRLEAD_INVALID,
             text("{\"code\":\"wire.malformed\",\"message\":\"not an object\"}"), NULL, 0);
  return 1;
}

static void probe(void *self, fairlead_str request, const fairlead_call *call) {
  const fairlead_core *core = self;
  if (refused(request, call)) return;
  core->log(core, FAIRLEAD_INFO, text("asked what it can do"));
  answer(call, "{\"engine\":\"plain\",\"capabilities\":{\"dial\":true,\"build\":null}}");
}

static void *answer_later(void *raw) {
  const fairlead_call *call = raw;
  call->emit(call, text("{\"progress\":{\"id\":\"a\",\"text\":\"half\",\"current\":1}}"));
  answer(call, "{\"instances\":[{\"id\":\"one\",\"state\":\"running\"}]}");
  return NULL;
}

static void list(void *self, fairlead_str request, const fairlead_call *call) {
  pthread_t thread;
  (void)self;
  if (refused(request, call)) return;
  if (pthread_create(&thread, NULL, answer_later, (void *)(size_t)call) != 0) {
    call->done(call, FAIRLEAD_INTERNAL, text("{}"), NULL, 0);
    return;
  }
  pthread_detach(thread);
}

static void dial(void *self, fairlead_str request, const fairlead_call *call) {
  int pair[2];
  int32_t fd;
  (void)self;
  if (refused(request, call)) return;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    call->done(call, FAIRLEAD_INTERNAL, text("{}"), NULL, 0);
    return;
  }
  (void)!send(pair[1], "hello", 5, MSG_NOSIGNAL);
  shutdown(pair[1], SHUT_WR);
  fd = pair[0];
  call->done(call, FAIRLEAD_OK, text("{\"stream\":{\"fd\":0}}"), &fd, 1);
  close(pair[1]);
}

static void inspect(void *self, fairlead_str request, const fairlead_call *call) {
  (void)self;
  if (refused(request, call)) return;
  call->done(call, FAIRLEAD_NOT_FOUND,
             text("{\"code\":\"instance.not_found\",\"message\":\"there is none\","
                  "\"hint\":\"make one\"}"),
             NULL, 0);
}

static void watch(void *self, fairlead_str request, const fairlead_call *call) {
  struct pollfd cancelled = {call->cancel_fd, POLLIN, 0};
  (void)self;
  if (refused(request, call)) return;
  call->emit(call, text("{\"started\":\"watching\"}"));
  poll(&cancelled, 1, -1);
  call->done(call, FAIRLEAD_CANCELLED, text("{}"), NULL, 0);
}

static const fairlead_backend raw_backend = {.size = sizeof raw_backend,
                                             .probe = probe,
                                             .inspect = inspect,
                                             .list = list,
                                             .dial = dial,
                                             .watch = watch};
RAW_PLUGIN("plain_c");
