import type { Doctor } from "../../lib/app/doctor.ts";
import type { Route } from "../http.ts";

/** The look at the network: begun by one request, followed by others. */
export function doctorRoutes(doctor: Doctor): Route[] {
  return [
    { method: "GET", path: "/api/doctor", handle: () => Response.json(doctor.view()) },
    {
      method: "POST",
      path: "/api/doctor",
      handle: () => {
        void doctor.run();
        return Response.json(doctor.view(), { status: 202 });
      },
    },
  ];
}
