#pragma once

#include "plugins/cancel_watch.hpp"

#include <fairlead/abi.h>
#include <fairlead/backend.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <memory>
#include <string_view>

namespace fairlead {

/// What one plugin instance may call of ours: the host it works on and, for installers and
/// forwarders, the backend, each as a C table. The same trampolines that plugins answer with serve
/// here, over classes that pass every call on. Thread-safe; outlives the instance.
class Services {
 public:
  /// Either may be null: not offered then.
  Services(std::shared_ptr<Host> host, std::shared_ptr<Backend> backend);

  /// The service with the interface id `id`; both members null when it is not offered.
  fairlead_service find(std::string_view id);

 private:
  CancelWatch watch_;
  sdk::detail::Instance host_;
  sdk::detail::Instance backend_;
};

}  // namespace fairlead
