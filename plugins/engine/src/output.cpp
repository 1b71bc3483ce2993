#include "sink.hpp"

#include <fairlead/engine/output.hpp>
#include <fairlead/engine/transport.hpp>

#include <poll.h>

namespace fairlead::engine {

Output::Output(UniqueFd fd) : sink_(std::make_unique<Sink>(std::move(fd))) {}

Output::~Output() = default;

bool Output::write(std::string_view bytes, const sdk::Call& call) {
  const NoSigpipe quiet;
  sink_->write(bytes);
  while (sink_->waiting()) {
    wait_for(sink_->fd(), POLLOUT, call);
    sink_->flush();
  }
  return !sink_->closed();
}

}  // namespace fairlead::engine
