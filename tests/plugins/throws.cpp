// Throws what is no Error of ours, with the SDK around it.
#include <fairlead/sdk/plugin.hpp>

#include <stdexcept>

namespace {

namespace sdk = fairlead::sdk;

class Throws final : public sdk::Backend {
 public:
  explicit Throws(sdk::Core /*core*/) {}
  fairlead::ProbeReply probe(const fairlead::ProbeRequest& /*request*/,
                             sdk::Call& /*call*/) override {
    throw std::runtime_error("the sky is falling");
  }
};

}  // namespace

FAIRLEAD_PLUGIN(Throws, "test.throws", "1.0.0");
