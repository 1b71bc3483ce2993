#include "trampoline.hpp"

#include <fairlead/sdk/descriptor_limit.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <cstring>
#include <exception>
#include <memory>

namespace fairlead::sdk::detail {

void answer(Call& call, const std::function<std::string()>& work) noexcept {
  try {
    call.reply(work());
  } catch (const Error& error) {
    call.fail(error.status(), {error.code(), error.message(), error.hint()});
  } catch (const std::exception& error) {
    call.fail(Status::internal, {"plugin.exception", error.what(), ""});
  } catch (...) {
    call.fail(Status::internal, {"plugin.exception", "an unknown exception", ""});
  }
}

void configure(void* self, fairlead_str settings, const fairlead_call* raw) {
  Call call(raw);
  answer(call, [&] {
    auto& instance = *static_cast<Instance*>(self);
    const auto request = decode<ConfigureRequest>(view(settings));
    note_descriptor_limit(view(settings));
    if (instance.backend) instance.backend->configure(request);
    if (instance.host) instance.host->configure(request);
    if (instance.features) instance.features->configure(request);
    if (instance.ports) instance.ports->configure(request);
    return encode(Empty{});
  });
}

void destroy(void* self) { std::unique_ptr<Instance>(static_cast<Instance*>(self)).reset(); }

const void* table_for(const char* id, const char* offered, const void* its_table) {
  return std::strcmp(id, offered) == 0 ? its_table : nullptr;
}

}  // namespace fairlead::sdk::detail
