#pragma once

#include <fairlead/model_json.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace fairlead::sdk::detail {

/// Runs `work` and ends `call` with its result, or with what it threw. The one place where plugin
/// code is entered, so that no exception ever crosses the boundary.
void answer(Call& call, const std::function<std::string()>& work) noexcept;

inline std::string_view view(fairlead_str text) {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, text.size};
}

/// The C operation over one method of an interface; `Member` is where Instance keeps the object.
template <auto Member, auto Method>
struct Op;

template <auto Member, class Interface, class Reply, class Request,
          Reply (Interface::*Method)(const Request&, Call&)>
struct Op<Member, Method> {
  static void run(void* self, fairlead_str request, const fairlead_call* raw) noexcept {
    Call call(raw);
    answer(call, [&] {
      auto& object = *(static_cast<Instance*>(self)->*Member);
      return encode((object.*Method)(decode<Request>(view(request)), call));
    });
  }
};

template <auto Member, auto Method>
constexpr fairlead_op op = &Op<Member, Method>::run;

}  // namespace fairlead::sdk::detail
