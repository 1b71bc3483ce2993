#ifndef FAIRLEAD_FAIRLEAD_H
#define FAIRLEAD_FAIRLEAD_H

/*
 * libfairlead: the engine of fairlead inside another program.
 *
 * What can be asked and what comes back is the protocol of `fairlead serve` (docs/json-rpc.md),
 * message by message and without frames: each is one JSON-RPC 2.0 object in UTF-8. Nothing of C++
 * crosses this header, and no exception leaves the library.
 *
 * Threads: every function may be called from any thread at any time, but for fairlead_close, which
 * comes last. SIGPIPE is never raised by the library; it installs no signal handler.
 */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FAIRLEAD_API __attribute__((visibility("default")))

/* One engine with one client. */
typedef struct fairlead_engine fairlead_engine;

/*
 * Gets each message that is no answer to fairlead_call: notifications, questions, answers to
 * fairlead_send. `message` ends with a zero byte behind its `size` bytes and is gone when the
 * function returns. Called by one thread of the library at a time; it may call fairlead_send, not
 * fairlead_call, which would wait for this very thread, and not fairlead_close.
 */
typedef void (*fairlead_message_fn)(void* user, const char* message, size_t size);

/* "0.1.0". */
FAIRLEAD_API const char* fairlead_version(void);

/*
 * Makes an engine. `on_message` may be null: then nothing but answers to fairlead_call is wanted.
 * `executable`: the installed fairlead program, for lifecycle commands that go on behind an `up`;
 * null: `up` answers when all of them have ended. Returns null when there is no memory.
 */
FAIRLEAD_API fairlead_engine* fairlead_open(fairlead_message_fn on_message, void* user,
                                            const char* executable);

/* Takes one message, copied: a request, a notification or an answer. Returns 0, or -1 when
 * `message` is null. What is wrong with the message comes as an answer. */
FAIRLEAD_API int fairlead_send(fairlead_engine* engine, const char* message, size_t size);

/*
 * A request that is waited for. `params`: the text of a JSON object, or null for none.
 * `timeout_ms`: afterwards it is cancelled, and the answer is that error; negative: no limit.
 * Returns the whole answer, an object with `result` or `error`, to be given to fairlead_free; null
 * without memory.
 */
FAIRLEAD_API char* fairlead_call(fairlead_engine* engine, const char* method, const char* params,
                                 int timeout_ms);

/* Frees what fairlead_call returned; null is nothing. */
FAIRLEAD_API void fairlead_free(char* answer);

/* Cancels what still runs, waits until it has ended, and frees the engine; null is nothing. No
 * message comes afterwards. */
FAIRLEAD_API void fairlead_close(fairlead_engine* engine);

#ifdef __cplusplus
}
#endif

#endif
